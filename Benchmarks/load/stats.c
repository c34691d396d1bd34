#include "stats.h"

void stats_drift(struct stats *stats, int64_t drift) {
  if (stats->drifts == 0 || drift < stats->drift_least) stats->drift_least = drift;
  if (stats->drifts == 0 || drift > stats->drift_most) stats->drift_most = drift;
  stats->drifts++;
  stats->drift_sum += drift;
}

void stats_merge(struct stats *stats, const struct stats *other) {
  stats->started += other->started;
  stats->completed += other->completed;
  stats->short_streams += other->short_streams;
  stats->failed += other->failed;
  stats->lost += other->lost;
  stats->aborted += other->aborted;
  stats->connect_errors += other->connect_errors;
  stats->late_starts += other->late_starts;
  for (int i = 0; i < STATUSES; i++) stats->statuses[i] += other->statuses[i];
  stats->tokens += other->tokens;
  stats->frames += other->frames;
  stats->bytes += other->bytes;
  stats->receives += other->receives;
  stats->coalesced += other->coalesced;
  stats->steady_tokens += other->steady_tokens;
  if (other->first_token > 0 && (stats->first_token == 0 || other->first_token < stats->first_token)) {
    stats->first_token = other->first_token;
  }
  if (other->last_token > stats->last_token) stats->last_token = other->last_token;
  if (other->last_end > stats->last_end) stats->last_end = other->last_end;
  if (other->drifts > 0) {
    if (stats->drifts == 0 || other->drift_least < stats->drift_least) stats->drift_least = other->drift_least;
    if (stats->drifts == 0 || other->drift_most > stats->drift_most) stats->drift_most = other->drift_most;
    stats->drifts += other->drifts;
    stats->drift_sum += other->drift_sum;
  }
  histogram_merge(&stats->head, &other->head);
  histogram_merge(&stats->ttft, &other->ttft);
  histogram_merge(&stats->total, &other->total);
  histogram_merge(&stats->steady_gap, &other->steady_gap);
  histogram_merge(&stats->other_gap, &other->other_gap);
}
