// One server-sent event stream, written straight to the connection's socket. libmicrohttpd sends the
// headers and the last chunk; between them the connection is suspended once.
#ifndef UNDERSTUDY_FLOOR_STREAM_H
#define UNDERSTUDY_FLOOR_STREAM_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server.h"

enum stream_state { STREAM_NEW, STREAM_WAITING, STREAM_RUNNING, STREAM_FINISHED, STREAM_ABORTED };

struct stream {
  struct server *server;
  struct MHD_Connection *connection;
  unsigned daemon;
  int fd;
  enum stream_state state;
  bool suspended, blocked;
  uint64_t tokens, gap_ns;
  uint64_t started, deadline;
  uint64_t sent;  ///< Offset in the stream's frames.
  size_t heap_place;  ///< One more than the place in the heap; 0 when not in it.
  struct stream *next, *previous;  ///< Neighbours in the waiting queue.
};

/// Answers `connection`, which `daemon` carries, with a stream of tokens.
enum MHD_Result stream_answer(struct server *server, unsigned daemon, struct MHD_Connection *connection,
                              uint64_t tokens, uint64_t gap_ns);
/// Sends what is due.
void stream_advance(struct stream *stream, uint64_t now);
/// The socket reports something: room to write, or that the client is gone.
void stream_event(struct stream *stream, uint32_t events, uint64_t now);

#endif
