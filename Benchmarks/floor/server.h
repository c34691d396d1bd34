// What the parts of the floor share: one thread's epoll, listener, libmicrohttpd daemons and streams.
#ifndef UNDERSTUDY_FLOOR_SERVER_H
#define UNDERSTUDY_FLOOR_SERVER_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "deadlines.h"

enum { MAX_DAEMONS = 64 };

struct floor_options {
  uint16_t port;
  unsigned daemons;      ///< Resuming walks all suspended connections of one daemon: several keep the walk short.
  unsigned pool_bytes;   ///< libmicrohttpd's memory per connection.
  uint64_t gap_ns;       ///< Between tokens of /v1/chat/completions.
  uint64_t max_running;  ///< Streams that run at once; the others wait in order.
};

struct stream_queue {
  struct stream *first, *last;
  uint64_t count;
};

struct server {
  struct floor_options options;
  int epoll, listener;
  unsigned next_daemon;
  struct MHD_Daemon *daemons[MAX_DAEMONS];
  bool dirty[MAX_DAEMONS];  ///< The daemon has work that its epoll descriptor does not show.
  struct deadlines deadlines;
  uint64_t running;
  struct stream_queue waiting;
};

#endif
