// Linux calls that Swift cannot reach: GNU's bind and accept4 take a transparent union, fcntl-like calls are variadic.
#pragma once

#include <errno.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifndef __USE_GNU
// Not defining _GNU_SOURCE here: it would change the system headers that other modules share.
extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
#endif

static inline int understudy_accept(int fd, struct sockaddr_storage *address, socklen_t *length) {
  return accept4(fd, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static inline int understudy_bind(int fd, const void *address, socklen_t length) {
  return bind(fd, (const struct sockaddr *)address, length);
}

static inline int understudy_connect(int fd, const void *address, socklen_t length) {
  return connect(fd, (const struct sockaddr *)address, length);
}

static inline int understudy_local_address(int fd, struct sockaddr_storage *address, socklen_t *length) {
  return getsockname(fd, (struct sockaddr *)address, length);
}

static inline int understudy_peer_address(int fd, struct sockaddr_storage *address, socklen_t *length) {
  return getpeername(fd, (struct sockaddr *)address, length);
}

/// Waits until an event or the absolute time `deadline_ns` (CLOCK_MONOTONIC; negative: no deadline).
/// Falls back to milliseconds, rounded up, where the kernel lacks epoll_pwait2.
static inline int understudy_epoll_wait(int fd, struct epoll_event *events, int capacity, int64_t timeout_ns) {
  static int lacks_pwait2 = 0;
  if (!lacks_pwait2) {
    struct timespec t = {timeout_ns / 1000000000, timeout_ns % 1000000000};
    int n = epoll_pwait2(fd, events, capacity, timeout_ns < 0 ? NULL : &t, NULL);
    if (n >= 0 || errno != ENOSYS) return n;
    lacks_pwait2 = 1;
  }
  return epoll_wait(fd, events, capacity, timeout_ns < 0 ? -1 : (int)((timeout_ns + 999999) / 1000000));
}

static inline void understudy_event_set(struct epoll_event *event, uint32_t mask, uint64_t token) {
  event->events = mask;
  event->data.u64 = token;
}

static inline uint64_t understudy_event_token(const struct epoll_event *event) { return event->data.u64; }

static inline int64_t understudy_monotonic_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline int64_t understudy_realtime_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
