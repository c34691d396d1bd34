#include "connection.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../common/clock.h"
#include "receive.h"

/// Edge-triggered: a level would have the kernel poll every socket once more after its event.
static void watch(struct connection *connection, const struct session *session, int operation, uint32_t events) {
  struct epoll_event event = {.events = events | EPOLLET, .data.ptr = connection};
  epoll_ctl(session->epoll, operation, connection->fd, &event);
}

static void hang_up(struct connection *connection) {
  close(connection->fd);
  connection->fd = -1;
  connection->state = CONNECTION_CLOSED;
  connection->request_waiting = false;
  lines_reset(&connection->response.lines);
  lines_reset(&connection->events.lines);
}

static enum outcome dead(struct connection *connection, const struct session *session) {
  session->stats->connect_errors++;
  if (connection->fd >= 0) hang_up(connection);
  connection->state = CONNECTION_CLOSED;
  return OUTCOME_DEAD;
}

static enum outcome lost(struct connection *connection, const struct session *session) {
  session->stats->lost++;
  hang_up(connection);
  return OUTCOME_OVER;
}

enum outcome connection_open(struct connection *connection, const struct session *session) {
  int yes = 1;
  connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connection->fd < 0) return dead(connection, session);
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  receive_prepare(connection->fd);
  const struct sockaddr *address = (const struct sockaddr *)&session->options->address;
  if (connect(connection->fd, address, sizeof session->options->address) != 0 && errno != EINPROGRESS) {
    return dead(connection, session);
  }
  connection->state = CONNECTION_CONNECTING;
  watch(connection, session, EPOLL_CTL_ADD, EPOLLOUT);
  return OUTCOME_PENDING;
}

static enum outcome write_request(struct connection *connection, const struct session *session) {
  const struct request *request = session->request;
  bool polled = connection->written > 0;
  while (connection->written < request->length) {
    ssize_t sent = send(connection->fd, request->bytes + connection->written, request->length - connection->written,
                        MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      connection->written += (size_t)sent;
    } else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      watch(connection, session, EPOLL_CTL_MOD, EPOLLIN | EPOLLRDHUP | EPOLLOUT);
      return OUTCOME_PENDING;
    } else if (sent < 0 && errno != EINTR) {
      return lost(connection, session);
    }
  }
  if (polled) watch(connection, session, EPOLL_CTL_MOD, EPOLLIN | EPOLLRDHUP);
  return OUTCOME_PENDING;
}

static enum outcome begin(struct connection *connection, const struct session *session) {
  connection->state = CONNECTION_BUSY;
  connection->request_waiting = connection->stream_failed = false;
  connection->written = 0;
  connection->stream = (struct stream){.sent = clock_ns(CLOCK_REALTIME)};
  response_reset(&connection->response);
  events_reset(&connection->events);
  session->stats->started++;
  return write_request(connection, session);
}

enum outcome connection_start(struct connection *connection, const struct session *session) {
  if (connection->state == CONNECTION_IDLE) return begin(connection, session);
  connection->request_waiting = true;
  return connection->state == CONNECTION_CLOSED ? connection_open(connection, session) : OUTCOME_PENDING;
}

static enum outcome connected(struct connection *connection, const struct session *session) {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0) {
    return dead(connection, session);
  }
  connection->state = CONNECTION_IDLE;
  watch(connection, session, EPOLL_CTL_MOD, EPOLLIN | EPOLLRDHUP);
  return connection->request_waiting ? begin(connection, session) : OUTCOME_CONNECTED;
}

/// Counts the events of a piece of body; false when it is time to hang up.
static bool count_events(struct connection *connection, const struct session *session, struct slice body,
                         uint64_t at) {
  const char *cursor = body.bytes, *end = body.bytes + body.length;
  for (;;) {
    enum event event = events_next(&connection->events, &cursor, end);
    switch (event) {
      case EVENT_NONE:
        return true;
      case EVENT_DONE:
        connection->stream.done = true;
        break;
      case EVENT_ERROR:
        connection->stream_failed = true;
        break;
      case EVENT_TOKEN:
      case EVENT_OTHER:
        if (event == EVENT_OTHER && !session->options->count_all) break;
        stream_token(&connection->stream, session->stats, &session->window, at);
        if (connection->stream.tokens == session->options->abort_after) return false;
        break;
    }
    session->stats->frames++;
  }
}

static enum outcome answered(struct connection *connection, const struct session *session, uint64_t at) {
  if (connection->response.status != 200 || connection->stream_failed) session->stats->failed++;
  else stream_ended(&connection->stream, session->stats, session->options, at);
  if (connection->response.closes) hang_up(connection);
  else connection->state = CONNECTION_IDLE;
  return OUTCOME_OVER;
}

static enum outcome parse(struct connection *connection, const struct session *session, const char *cursor,
                          const char *end, uint64_t at) {
  for (;;) {
    struct slice body;
    switch (response_next(&connection->response, &cursor, end, &body)) {
      case PART_MORE:
        return OUTCOME_PENDING;
      case PART_HEAD:
        session->stats->statuses[connection->response.status % STATUSES]++;
        histogram_record(&session->stats->head, at > connection->stream.sent ? at - connection->stream.sent : 0);
        break;
      case PART_BODY:
        if (!connection->response.event_stream || count_events(connection, session, body, at)) break;
        session->stats->aborted++;
        hang_up(connection);
        return OUTCOME_OVER;
      case PART_END:
        return answered(connection, session, at);
      case PART_BAD:
        return lost(connection, session);
    }
  }
}

/// The peer closed: in order only when that is how this response ends.
static enum outcome closed(struct connection *connection, const struct session *session) {
  if (connection->state == CONNECTION_IDLE) {
    hang_up(connection);
    return OUTCOME_PENDING;
  }
  if (!response_may_end(&connection->response)) return lost(connection, session);
  return answered(connection, session, clock_ns(CLOCK_REALTIME));
}

enum outcome connection_event(struct connection *connection, const struct session *session, uint32_t events) {
  if (connection->state == CONNECTION_CONNECTING) return connected(connection, session);
  if ((events & EPOLLOUT) && connection->state == CONNECTION_BUSY && connection->written < session->request->length) {
    enum outcome outcome = write_request(connection, session);
    if (outcome != OUTCOME_PENDING) return outcome;
  }
  if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP))) return OUTCOME_PENDING;
  for (;;) {
    uint64_t at;
    ssize_t size = receive(connection->fd, session->buffer, &at);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return OUTCOME_PENDING;
    if (size <= 0) return closed(connection, session);
    session->stats->receives++;
    session->stats->bytes += (uint64_t)size;
    if (connection->state != CONNECTION_BUSY) {
      hang_up(connection);  // Bytes that nobody asked for.
      return OUTCOME_PENDING;
    }
    enum outcome outcome = parse(connection, session, session->buffer, session->buffer + size, at);
    if (outcome != OUTCOME_PENDING) {
      // The peer's close was announced with its last bytes and will not be again.
      if ((events & EPOLLRDHUP) && connection->fd >= 0) hang_up(connection);
      return outcome;
    }
    // A short read has emptied the socket, unless its end has been announced; the next byte is a new edge.
    if (size < RECEIVE_BYTES && !(events & EPOLLRDHUP)) return OUTCOME_PENDING;
  }
}

void connection_finish(struct connection *connection, const struct session *session) {
  if (connection->fd < 0) return;
  if (connection->state == CONNECTION_BUSY || connection->request_waiting) session->stats->lost++;
  // A reset leaves no TIME_WAIT behind, so that runs may follow each other at once.
  struct linger reset = {.l_onoff = 1, .l_linger = 0};
  setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  hang_up(connection);
}
