#include "receive.h"

#include <string.h>
#include <sys/socket.h>

#include "../common/clock.h"

void receive_prepare(int fd) {
  int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes);
}

ssize_t receive(int fd, char *buffer, uint64_t *at) {
  union {
    char bytes[CMSG_SPACE(sizeof(struct timespec))];
    struct cmsghdr align;
  } control;
  struct iovec piece = {.iov_base = buffer, .iov_len = RECEIVE_BYTES};
  struct msghdr message = {
      .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  ssize_t size = recvmsg(fd, &message, MSG_DONTWAIT);
  *at = 0;
  if (size <= 0) return size;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_TIMESTAMPNS) continue;
    struct timespec time;
    memcpy(&time, CMSG_DATA(header), sizeof time);
    *at = timespec_ns(&time);
  }
  if (*at == 0) *at = clock_ns(CLOCK_REALTIME);
  return size;
}
