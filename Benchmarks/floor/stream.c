#include "stream.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "../common/clock.h"
#include "frames.h"

static void watch(struct stream *stream, int operation, uint32_t events) {
  struct epoll_event event = {.events = events | EPOLLRDHUP | EPOLLET, .data.ptr = stream};
  epoll_ctl(stream->server->epoll, operation, stream->fd, &event);
}

static void enqueue(struct stream_queue *queue, struct stream *stream) {
  stream->previous = queue->last;
  if (queue->last != NULL) queue->last->next = stream;
  else queue->first = stream;
  queue->last = stream;
  queue->count++;
}

static void dequeue(struct stream_queue *queue, struct stream *stream) {
  if (stream->previous != NULL) stream->previous->next = stream->next;
  else queue->first = stream->next;
  if (stream->next != NULL) stream->next->previous = stream->previous;
  else queue->last = stream->previous;
  stream->next = stream->previous = NULL;
  queue->count--;
}

static void begin(struct stream *stream, uint64_t now) {
  stream->state = STREAM_RUNNING;
  stream->started = now;
  stream->server->running++;
}

static void finish(struct stream *stream, enum stream_state state, uint64_t now) {
  struct server *server = stream->server;
  deadlines_remove(&server->deadlines, stream);
  if (stream->state == STREAM_WAITING) dequeue(&server->waiting, stream);
  if (stream->state == STREAM_RUNNING) server->running--;
  stream->state = state;
  if (stream->suspended) {
    // Out of our epoll before libmicrohttpd may close the descriptor.
    epoll_ctl(server->epoll, EPOLL_CTL_DEL, stream->fd, NULL);
    MHD_resume_connection(stream->connection);
    server->dirty[stream->daemon] = true;
  }
  struct stream *next = server->waiting.first;
  if (next != NULL && server->running < server->options.max_running) {
    dequeue(&server->waiting, next);
    begin(next, now);
    // Through the heap and not by a call: a line of short streams must not recurse.
    next->deadline = now;
    deadlines_put(&server->deadlines, next);
  }
}

/// Sends frames up to offset `to`; false when the socket is full or broken.
static bool send_frames(struct stream *stream, uint64_t to, uint64_t now) {
  while (stream->sent < to) {
    struct iovec pieces[FRAME_PIECES];
    int count = frames_pieces(stream->tokens, stream->sent, to, pieces);
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = (size_t)count};
    // A paced token is one piece, for which send() is a little cheaper.
    ssize_t sent = count == 1
                       ? send(stream->fd, pieces[0].iov_base, pieces[0].iov_len, MSG_DONTWAIT | MSG_NOSIGNAL)
                       : sendmsg(stream->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      stream->sent += (uint64_t)sent;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      stream->blocked = true;
      if (stream->suspended) watch(stream, EPOLL_CTL_MOD, EPOLLOUT);
      return false;
    } else if (errno != EINTR) {
      finish(stream, STREAM_ABORTED, now);
      return false;
    }
  }
  return true;
}

void stream_advance(struct stream *stream, uint64_t now) {
  uint64_t due = stream->tokens;
  if (stream->gap_ns > 0 && (now - stream->started) / stream->gap_ns + 1 < due) {
    due = (now - stream->started) / stream->gap_ns + 1;
  }
  bool last = due == stream->tokens;
  if (!send_frames(stream, last ? frames_total(due) : frames_after(due), now)) {
    // The socket, not the clock, says when to go on.
    deadlines_remove(&stream->server->deadlines, stream);
  } else if (last) {
    finish(stream, STREAM_FINISHED, now);
  } else {
    stream->deadline = stream->started + due * stream->gap_ns;
    deadlines_put(&stream->server->deadlines, stream);
  }
}

void stream_event(struct stream *stream, uint32_t events, uint64_t now) {
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
    finish(stream, STREAM_ABORTED, now);
  } else if ((events & EPOLLOUT) && stream->blocked) {
    stream->blocked = false;
    watch(stream, EPOLL_CTL_MOD, 0);
    stream_advance(stream, now);
  }
}

/// libmicrohttpd asks for body bytes: first when the headers have left, then once we have resumed it.
static ssize_t read_body(void *context, uint64_t position, char *buffer, size_t size) {
  (void)position, (void)buffer, (void)size;
  struct stream *stream = context;
  struct server *server = stream->server;
  if (stream->state == STREAM_NEW) {
    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    if (server->running < server->options.max_running) {
      begin(stream, now);
      stream_advance(stream, now);
    } else {
      stream->state = STREAM_WAITING;
      enqueue(&server->waiting, stream);
    }
  }
  switch (stream->state) {
    case STREAM_FINISHED:
      stream->suspended = false;
      return MHD_CONTENT_READER_END_OF_STREAM;
    case STREAM_ABORTED:
      stream->suspended = false;
      return MHD_CONTENT_READER_END_WITH_ERROR;
    default:
      // Only a stream that did not fit into its first send pays for the suspension.
      stream->suspended = true;
      MHD_suspend_connection(stream->connection);
      watch(stream, EPOLL_CTL_ADD, stream->blocked ? EPOLLOUT : 0);
      return 0;
  }
}

static void release(void *context) {
  struct stream *stream = context;
  if (stream->state == STREAM_WAITING || stream->state == STREAM_RUNNING) {
    stream->suspended = false;
    finish(stream, STREAM_ABORTED, clock_ns(CLOCK_MONOTONIC));
  }
  free(stream);
}

enum MHD_Result stream_answer(struct server *server, unsigned daemon, struct MHD_Connection *connection,
                              uint64_t tokens, uint64_t gap_ns) {
  struct stream *stream = calloc(1, sizeof *stream);
  if (stream == NULL) return MHD_NO;
  *stream = (struct stream){
      .server = server,
      .connection = connection,
      .daemon = daemon,
      .fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
      .tokens = tokens,
      .gap_ns = gap_ns,
  };
  struct MHD_Response *response =
      MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1024, read_body, stream, release);
  if (response == NULL) {
    free(stream);
    return MHD_NO;
  }
  MHD_add_response_header(response, "Content-Type", "text/event-stream; charset=utf-8");
  enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
  MHD_destroy_response(response);
  return result;
}
