// One keep-alive connection and the request on it.
#ifndef UNDERSTUDY_LOAD_CONNECTION_H
#define UNDERSTUDY_LOAD_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "events.h"
#include "options.h"
#include "request.h"
#include "response.h"
#include "stats.h"
#include "stream.h"

enum connection_state { CONNECTION_CLOSED, CONNECTION_CONNECTING, CONNECTION_IDLE, CONNECTION_BUSY };

struct connection {
  int fd;
  enum connection_state state;
  bool request_waiting;  ///< A request is to be sent as soon as we are connected.
  bool stream_failed;
  size_t written;        ///< Bytes of the request that have left.
  struct response response;
  struct events events;
  struct stream stream;
};

/// What the connections of one thread share.
struct session {
  const struct load_options *options;
  const struct request *request;
  struct stats *stats;
  struct window window;
  int epoll;
  char *buffer;
};

enum outcome {
  OUTCOME_PENDING,    ///< Nothing that matters to the schedule.
  OUTCOME_CONNECTED,  ///< Idle now.
  OUTCOME_OVER,       ///< The request is over, well or not; counted.
  OUTCOME_DEAD,       ///< Could not connect; counted.
};

/// Begins to connect.
enum outcome connection_open(struct connection *connection, const struct session *session);
/// Sends a request, connecting first where needed. The connection must not be busy.
enum outcome connection_start(struct connection *connection, const struct session *session);
/// Handles what epoll reported.
enum outcome connection_event(struct connection *connection, const struct session *session, uint32_t events);
/// Closes at the end of the run: a request that is not over is lost.
void connection_finish(struct connection *connection, const struct session *session);

#endif
