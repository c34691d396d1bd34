#include "stream.h"

void stream_token(struct stream *stream, struct stats *stats, const struct window *window, uint64_t at) {
  bool steady = window_holds(window, at);
  if (stream->tokens == 0) {
    stream->first = at;
    histogram_record(&stats->ttft, at > stream->sent ? at - stream->sent : 0);
    if (stats->first_token == 0 || at < stats->first_token) stats->first_token = at;
  } else {
    histogram_record(steady ? &stats->steady_gap : &stats->other_gap, at > stream->last ? at - stream->last : 0);
    stats->coalesced += at == stream->last;
  }
  stream->last = at;
  stream->tokens++;
  stats->tokens++;
  stats->steady_tokens += steady;
  if (at > stats->last_token) stats->last_token = at;
}

void stream_ended(struct stream *stream, struct stats *stats, const struct load_options *options, uint64_t at) {
  bool whole = options->plain || options->get || (stream->done && stream->tokens == options->tokens);
  if (whole) stats->completed++;
  else stats->short_streams++;
  histogram_record(&stats->total, at > stream->sent ? at - stream->sent : 0);
  if (at > stats->last_end) stats->last_end = at;
  if (stream->tokens > 1) {
    uint64_t nominal = (stream->tokens - 1) * options->gap_ns;
    stats_drift(stats, (int64_t)(stream->last - stream->first) - (int64_t)nominal);
  }
}
