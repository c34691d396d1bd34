// One thread: its share of the connections, its epoll, its schedule.
#ifndef UNDERSTUDY_LOAD_WORKER_H
#define UNDERSTUDY_LOAD_WORKER_H

#include <pthread.h>

#include "connection.h"
#include "watch.h"

/// What all threads share.
struct run {
  struct load_options options;
  struct request request;
  pthread_barrier_t connected;
  uint64_t start;  ///< Wall clock of the first request, set once all are connected.
  struct window window;
  struct sample window_begin, window_end;  ///< Taken by the first thread.
};

struct worker {
  struct run *run;
  unsigned index;
  struct stats stats;

  struct session session;
  struct connection *connections;
  unsigned count, connecting, in_flight;
  uint64_t budget;      ///< Requests that may still be started.
  uint64_t next_start;  ///< Of the scheduled ones.
  unsigned *idle;       ///< With --rate: a stack of free connections.
  unsigned idle_count;
};

/// Runs a worker to its end; `worker` is a `struct worker`.
void *worker_main(void *worker);

#endif
