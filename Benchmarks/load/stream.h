// The measurement of one request, from sending it to the end of its answer.
#ifndef UNDERSTUDY_LOAD_STREAM_H
#define UNDERSTUDY_LOAD_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "stats.h"
#include "window.h"

struct stream {
  uint64_t sent, first, last;  ///< The request, its first and its latest token.
  uint64_t tokens;
  bool done;  ///< `data: [DONE]` has come.
};

/// Counts a token that arrived at `at`.
void stream_token(struct stream *stream, struct stats *stats, const struct window *window, uint64_t at);
/// Counts a stream that ended in order at `at`.
void stream_ended(struct stream *stream, struct stats *stats, const struct load_options *options, uint64_t at);

#endif
