// pages: model servers to be scraped. Answers every request on any address of this machine with a metrics page from a
// file, over connections that stay open: a pool of any size is this one process at 127.0.1.1, 127.0.1.2 and so on.
//
//   pages --port P --file PAGE
//
// GET /count says how many answers there were before, in digits alone.
// Digits change from answer to answer: those of vllm:num_requests_running and vllm:num_requests_waiting count the
// answers modulo 10, so that no reader can take one page for another. One thread; one send per answer.
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../common/arguments.h"
#include "../common/limits.h"

enum { LARGEST_ANSWER = 1 << 20, EVENTS = 256, LOADS = 2 };

struct answer {
  char bytes[LARGEST_ANSWER];
  size_t size;
  char *loads[LOADS];  // The digits that change.
};

static void fail(const char *what) {
  fprintf(stderr, "pages: %s: %s\n", what, strerror(errno));
  exit(1);
}

// The first digit of a series's value.
static char *value_of(struct answer *answer, const char *name) {
  char *line = strstr(answer->bytes, name);
  char *end = line == NULL ? NULL : strchr(line, '}');
  if (end == NULL || end[1] != ' ' || end[2] < '0' || end[2] > '9') {
    fprintf(stderr, "pages: the page has no %s...} with a number\n", name);
    exit(1);
  }
  return end + 2;
}

static void prepare(struct answer *answer, const char *path) {
  static char page[LARGEST_ANSWER - 512];
  FILE *file = fopen(path, "r");
  if (file == NULL) fail(path);
  size_t size = fread(page, 1, sizeof page - 1, file);
  fclose(file);
  answer->size = (size_t)snprintf(
      answer->bytes, sizeof answer->bytes,
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: %zu\r\n\r\n%s", size, page);
  answer->loads[0] = value_of(answer, "\nvllm:num_requests_running{");
  answer->loads[1] = value_of(answer, "\nvllm:num_requests_waiting{");
}

static int listening(uint16_t port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  // Room for a whole answer, so that no send is cut short.
  int room = LARGEST_ANSWER;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (fd < 0 || bind(fd, (void *)&address, sizeof address) != 0 || listen(fd, 4096) != 0) fail("cannot listen");
  return fd;
}

static void watch(int epoll, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

static void accept_all(int epoll, int listener) {
  int on = 1;
  for (int fd; (fd = accept(listener, NULL, NULL)) >= 0;) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(epoll, fd);
  }
}

static bool send_count(int fd, unsigned count) {
  char text[16], answer[128];
  int length = snprintf(text, sizeof text, "%u", count);
  length = snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", length, text);
  return send(fd, answer, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT) == length;
}

// A client has one request on its way at a time; where it ends says all. False: the connection is over.
static bool serve(int fd, struct answer *answer) {
  static char request[65536];
  static unsigned count = 0;
  ssize_t got = recv(fd, request, sizeof request, MSG_DONTWAIT);
  if (got <= 0) return got < 0 && errno == EAGAIN;
  if (got < 16 || memcmp(request + got - 4, "\r\n\r\n", 4) != 0) return true;
  if (memcmp(request, "GET /count ", 11) == 0) return send_count(fd, count);
  count++;
  for (unsigned i = 0; i < LOADS; i++) *answer->loads[i] = (char)('0' + (count + i) % 10);
  return send(fd, answer->bytes, answer->size, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)answer->size;
}

int main(int count, char **words) {
  uint16_t port = 0;
  const char *path = NULL;
  for (int i = 1; i + 1 < count; i += 2) {
    if (strcmp(words[i], "--port") == 0) port = (uint16_t)argument_number("--port", words[i + 1], UINT16_MAX);
    if (strcmp(words[i], "--file") == 0) path = words[i + 1];
  }
  if (port == 0 || path == NULL) {
    fputs("usage: pages --port P --file PAGE\n", stderr);
    return 2;
  }
  static struct answer answer;
  raise_open_files();
  prepare(&answer, path);
  int listener = listening(port), epoll = epoll_create1(0);
  watch(epoll, listener);
  for (;;) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        accept_all(epoll, listener);
      } else if (!serve(fd, &answer)) {
        close(fd);
      }
    }
  }
}
