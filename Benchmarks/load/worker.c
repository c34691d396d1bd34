#include "worker.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "../common/clock.h"
#include "receive.h"

// More at once than the peer's backlog takes would cost seconds of SYN retries.
enum { CONNECTING_AT_ONCE = 128, EVENTS = 1024 };
enum { GATHERING_SHARE = 64, GATHERING_STREAMS = 100, GATHERING_LEAST = 100000 };
#define CONNECT_PATIENCE (15 * NS_PER_S)

static uint64_t now_ns(void) { return clock_ns(CLOCK_REALTIME); }

static void prepare(struct worker *worker) {
  const struct load_options *options = &worker->run->options;
  worker->count = options->streams / options->threads + (worker->index < options->streams % options->threads);
  worker->budget = options->requests / options->threads + (worker->index < options->requests % options->threads);
  if (options->duration_ns > 0) worker->budget = UINT64_MAX;
  worker->connections = calloc(worker->count, sizeof *worker->connections);
  worker->idle = calloc(worker->count, sizeof *worker->idle);
  worker->session = (struct session){.options = options,
                                     .request = &worker->run->request,
                                     .stats = &worker->stats,
                                     .epoll = epoll_create1(EPOLL_CLOEXEC),
                                     .buffer = malloc(RECEIVE_BYTES)};
  if (worker->connections == NULL || worker->idle == NULL || worker->session.buffer == NULL) abort();
  for (unsigned i = 0; i < worker->count; i++) worker->connections[i].fd = -1;
}

/// Paced tokens are gathered for a moment, a small part of the gap: arrival times come from the kernel, and
/// waking up for every token would cost this machine's cores more than the tokens do.
static void gather(const struct worker *worker) {
  uint64_t moment = worker->run->options.gap_ns / GATHERING_SHARE;
  if (moment < GATHERING_LEAST || worker->in_flight < GATHERING_STREAMS) return;
  struct timespec nap = ns_timespec(moment);
  nanosleep(&nap, NULL);
}

static int wait_for_events(struct worker *worker, struct epoll_event *events, uint64_t until) {
  uint64_t now = now_ns();
  struct timespec patience = ns_timespec(until > now ? until - now : 0);
  return epoll_pwait2(worker->session.epoll, events, EVENTS, &patience, NULL);
}

/// Opens all connections; those that fail are counted and tried again by their first request.
static void connect_all(struct worker *worker) {
  struct epoll_event events[EVENTS];
  uint64_t until = now_ns() + CONNECT_PATIENCE;
  unsigned opened = 0;
  while ((opened < worker->count || worker->connecting > 0) && now_ns() < until) {
    while (opened < worker->count && worker->connecting < CONNECTING_AT_ONCE) {
      if (connection_open(&worker->connections[opened++], &worker->session) == OUTCOME_PENDING) worker->connecting++;
    }
    int count = wait_for_events(worker, events, until);
    for (int i = 0; i < count; i++) {
      struct connection *connection = events[i].data.ptr;
      bool was_connecting = connection->state == CONNECTION_CONNECTING;
      connection_event(connection, &worker->session, events[i].events);
      if (was_connecting) worker->connecting--;
    }
  }
}

static bool may_start(const struct worker *worker, uint64_t now) {
  const struct run *run = worker->run;
  return worker->budget > 0 && (run->options.duration_ns == 0 || now < run->start + run->options.duration_ns);
}

/// When the next scheduled start is due; UINT64_MAX when none is left.
static uint64_t next_due(const struct worker *worker) {
  const struct load_options *options = &worker->run->options;
  uint64_t number = worker->next_start * options->threads + worker->index, after;
  if (options->rate > 0) {
    after = number / options->rate * NS_PER_S + number % options->rate * NS_PER_S / options->rate;
  } else if (worker->next_start < worker->count) {
    after = options->ramp_ns / options->streams * number;
  } else {
    return UINT64_MAX;
  }
  return may_start(worker, worker->run->start + after) ? worker->run->start + after : UINT64_MAX;
}

static void give_back(struct worker *worker, const struct connection *connection) {
  if (worker->run->options.rate > 0) worker->idle[worker->idle_count++] = (unsigned)(connection - worker->connections);
}

static void start(struct worker *worker, struct connection *connection) {
  worker->budget--;
  // A refused connection and one that breaks on the first byte are over at once.
  if (connection_start(connection, &worker->session) == OUTCOME_PENDING) worker->in_flight++;
  else give_back(worker, connection);
}

/// Starts what is due; false when a request with a fixed time must wait for a free connection.
static bool start_due(struct worker *worker, uint64_t now) {
  while (next_due(worker) <= now) {
    unsigned index = (unsigned)worker->next_start;
    if (worker->run->options.rate > 0) {
      if (worker->idle_count == 0) return false;
      if (now - next_due(worker) > NS_PER_MS) worker->stats.late_starts++;
      index = worker->idle[--worker->idle_count];
    }
    worker->next_start++;
    start(worker, &worker->connections[index]);
  }
  return true;
}

/// A request is over: the connection takes the next one at once, or goes back to the free ones.
static void over(struct worker *worker, struct connection *connection, uint64_t now) {
  worker->in_flight--;
  if (worker->run->options.rate > 0) {
    give_back(worker, connection);
  } else if (worker->next_start >= worker->count && may_start(worker, now)) {
    start(worker, connection);
  } else if (worker->next_start < worker->count && may_start(worker, now) &&
             worker->budget > worker->count - worker->next_start) {
    start(worker, connection);  // The ramp still runs and keeps its share of the requests.
  }
}

/// The first thread looks at the watched process where the steady window begins and ends.
static uint64_t take_samples(struct worker *worker, uint64_t now) {
  struct run *run = worker->run;
  if (worker->index != 0 || run->window.begin == run->window.end) return UINT64_MAX;
  if (run->window_begin.at == 0 && now >= run->window.begin) run->window_begin = watch_process(run->options.watched);
  if (run->window_end.at == 0 && now >= run->window.end) run->window_end = watch_process(run->options.watched);
  if (run->window_begin.at == 0) return run->window.begin;
  return run->window_end.at == 0 ? run->window.end : UINT64_MAX;
}

static void serve(struct worker *worker) {
  static _Thread_local struct epoll_event events[EVENTS];
  uint64_t give_up = worker->run->start + worker->run->options.timeout_ns, now;
  while ((now = now_ns()) < give_up) {
    bool all_started = start_due(worker, now);
    uint64_t due = next_due(worker), sample = take_samples(worker, now), until = give_up;
    if (worker->in_flight == 0 && due == UINT64_MAX) break;
    if (all_started && due < until) until = due;
    if (sample < until) until = sample;
    if (due == UINT64_MAX) gather(worker);
    int count = wait_for_events(worker, events, until);
    for (int i = 0; i < count; i++) {
      struct connection *connection = events[i].data.ptr;
      switch (connection_event(connection, &worker->session, events[i].events)) {
        case OUTCOME_OVER:
          over(worker, connection, now);
          break;
        case OUTCOME_DEAD:
          worker->in_flight--;  // Not tried again at once: a dead server would be hammered.
          worker->stats.lost++;
          give_back(worker, connection);
          break;
        case OUTCOME_PENDING:
        case OUTCOME_CONNECTED:
          break;
      }
    }
  }
}

void *worker_main(void *context) {
  struct worker *worker = context;
  struct run *run = worker->run;
  prepare(worker);
  connect_all(worker);
  // The thread that the barrier picks sets the start for all; the second wait publishes it.
  if (pthread_barrier_wait(&run->connected) == PTHREAD_BARRIER_SERIAL_THREAD) {
    run->start = now_ns();
    run->window = window_of(&run->options, run->start);
  }
  pthread_barrier_wait(&run->connected);
  worker->session.window = run->window;
  if (run->options.rate > 0) {
    for (unsigned i = 0; i < worker->count; i++) worker->idle[worker->idle_count++] = i;
  }
  serve(worker);
  for (unsigned i = 0; i < worker->count; i++) connection_finish(&worker->connections[i], &worker->session);
  close(worker->session.epoll);
  free(worker->session.buffer);
  free(worker->connections);
  free(worker->idle);
  return NULL;
}
