#include "loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../common/clock.h"
#include "routes.h"
#include "stream.h"

enum { BACKLOG = 4096, EVENTS = 512, ACCEPTS_AT_ONCE = 64 };

// Tags of epoll events that are not streams; a stream's tag is its address.
enum { TAG_LISTENER = 1, TAG_DAEMON = 2 };

static struct route_context contexts[MAX_DAEMONS];

static bool failed(const char *what) {
  fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
  return false;
}

static bool watch(struct server *server, int fd, uint64_t tag) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = tag};
  return epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool open_listener(struct server *server) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons(server->options.port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int yes = 1;
  server->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  return server->listener >= 0 &&
         setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
         setsockopt(server->listener, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) == 0 &&
         bind(server->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
         listen(server->listener, BACKLOG) == 0;
}

bool loop_open(struct server *server) {
  server->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (server->epoll < 0) return failed("epoll");
  if (!open_listener(server) || !watch(server, server->listener, TAG_LISTENER)) return failed("listen");
  for (unsigned i = 0; i < server->options.daemons; i++) {
    contexts[i] = (struct route_context){.server = server, .daemon = i};
    server->daemons[i] = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0, NULL, NULL, route,
        &contexts[i], MHD_OPTION_CONNECTION_LIMIT, 100000u, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)server->options.pool_bytes, MHD_OPTION_NOTIFY_COMPLETED, route_completed, NULL, MHD_OPTION_END);
    if (server->daemons[i] == NULL) return failed("libmicrohttpd");
    int fd = MHD_get_daemon_info(server->daemons[i], MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    if (!watch(server, fd, TAG_DAEMON + i)) return failed("epoll_ctl");
  }
  return true;
}

static void accept_some(struct server *server) {
  for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int fd = accept4(server->listener, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    unsigned daemon = server->next_daemon++ % server->options.daemons;
    // On failure libmicrohttpd closes the socket.
    MHD_add_connection(server->daemons[daemon], fd, (struct sockaddr *)&address, length);
    server->dirty[daemon] = true;
  }
}

/// How long the loop may sleep: not at all with dirty daemons, else until the next token; NULL for ever.
static const struct timespec *patience(const struct server *server, struct timespec *storage) {
  for (unsigned i = 0; i < server->options.daemons; i++) {
    if (server->dirty[i]) return *storage = ns_timespec(0), storage;
  }
  const struct stream *first = deadlines_first(&server->deadlines);
  if (first == NULL) return NULL;
  uint64_t now = clock_ns(CLOCK_MONOTONIC);
  *storage = ns_timespec(first->deadline > now ? first->deadline - now : 0);
  return storage;
}

static void run_dirty(struct server *server) {
  for (unsigned i = 0; i < server->options.daemons; i++) {
    if (!server->dirty[i]) continue;
    server->dirty[i] = false;
    MHD_run(server->daemons[i]);
    // libmicrohttpd keeps a list of ready connections that its descriptor does not show.
    MHD_UNSIGNED_LONG_LONG timeout;
    if (MHD_get_timeout(server->daemons[i], &timeout) == MHD_YES && timeout == 0) server->dirty[i] = true;
  }
}

void loop_run(struct server *server) {
  static struct epoll_event events[EVENTS];
  for (;;) {
    struct timespec storage;
    int count = epoll_pwait2(server->epoll, events, EVENTS, patience(server, &storage), NULL);
    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    for (int i = 0; i < count; i++) {
      uint64_t tag = events[i].data.u64;
      if (tag == TAG_LISTENER) accept_some(server);
      else if (tag < TAG_DAEMON + MAX_DAEMONS) server->dirty[tag - TAG_DAEMON] = true;
      else stream_event(events[i].data.ptr, events[i].events, now);
    }
    struct stream *first;
    while ((first = deadlines_first(&server->deadlines)) != NULL && first->deadline <= now) {
      stream_advance(first, now);
    }
    run_dirty(server);
  }
}
