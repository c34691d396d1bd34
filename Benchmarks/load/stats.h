// What one thread counted.
#ifndef UNDERSTUDY_LOAD_STATS_H
#define UNDERSTUDY_LOAD_STATS_H

#include <stdint.h>

#include "histogram.h"
#include "window.h"

enum { STATUSES = 600 };

struct stats {
  uint64_t started;         ///< Requests sent.
  uint64_t completed;       ///< Answered in full, with as many tokens as asked for.
  uint64_t short_streams;   ///< Ended in order, but with another number of tokens.
  uint64_t failed;          ///< Another status than 200, or an error inside of the stream.
  uint64_t lost;            ///< Cut off, never answered, or not over when the time was.
  uint64_t aborted;         ///< We hung up, as asked.
  uint64_t connect_errors;  ///< Connections that could not be made.
  uint64_t late_starts;     ///< With --rate: requests that had to wait for a free connection.
  uint64_t statuses[STATUSES];
  uint64_t tokens, frames, bytes, receives;
  uint64_t coalesced;       ///< Tokens that arrived together with the one before.
  uint64_t steady_tokens;   ///< Tokens inside of the steady window.
  uint64_t first_token, last_token;  ///< When, of all streams.
  uint64_t last_end;        ///< When the last answer was complete.
  uint64_t drifts;
  int64_t drift_sum, drift_least, drift_most;  ///< Of whole streams, from the first token to the last.
  struct histogram head, ttft, total;
  struct histogram steady_gap, other_gap;  ///< Gaps that end inside and outside of the window.
};

/// Adds all of `other`.
void stats_merge(struct stats *stats, const struct stats *other);
/// Counts how much longer (or shorter) than configured a stream took.
void stats_drift(struct stats *stats, int64_t drift);

#endif
