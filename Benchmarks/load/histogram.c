#include "histogram.h"

enum { SUBBUCKETS = 1 << HISTOGRAM_SUBBITS };

/// Values below SUBBUCKETS have a bucket each; above, every power of two has SUBBUCKETS buckets.
static unsigned bucket_of(uint64_t ns) {
  if (ns < SUBBUCKETS) return (unsigned)ns;
  unsigned magnitude = 63 - (unsigned)__builtin_clzll(ns) - HISTOGRAM_SUBBITS;
  if (magnitude >= HISTOGRAM_BITS - HISTOGRAM_SUBBITS) return HISTOGRAM_BUCKETS - 1;
  return ((magnitude + 1) << HISTOGRAM_SUBBITS) + (unsigned)(ns >> magnitude) - SUBBUCKETS;
}

/// The middle of a bucket.
static uint64_t value_of(unsigned bucket) {
  if (bucket < SUBBUCKETS) return bucket;
  unsigned magnitude = (bucket >> HISTOGRAM_SUBBITS) - 1;
  uint64_t low = (uint64_t)((bucket & (SUBBUCKETS - 1)) + SUBBUCKETS) << magnitude;
  return low + ((UINT64_C(1) << magnitude) >> 1);
}

void histogram_record(struct histogram *histogram, uint64_t ns) {
  if (histogram->count == 0 || ns < histogram->least) histogram->least = ns;
  if (ns > histogram->most) histogram->most = ns;
  histogram->count++;
  histogram->sum += ns;
  histogram->buckets[bucket_of(ns)]++;
}

void histogram_merge(struct histogram *histogram, const struct histogram *other) {
  if (other->count == 0) return;
  if (histogram->count == 0 || other->least < histogram->least) histogram->least = other->least;
  if (other->most > histogram->most) histogram->most = other->most;
  histogram->count += other->count;
  histogram->sum += other->sum;
  for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) histogram->buckets[i] += other->buckets[i];
}

uint64_t histogram_quantile(const struct histogram *histogram, double quantile) {
  uint64_t rank = (uint64_t)(quantile * (double)histogram->count + 0.5), seen = 0;
  if (histogram->count == 0) return 0;
  if (rank < 1) rank = 1;
  for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
    seen += histogram->buckets[i];
    if (seen < rank) continue;
    uint64_t value = value_of(i);
    // A bucket's middle may lie outside of what was seen.
    return value > histogram->most ? histogram->most : value < histogram->least ? histogram->least : value;
  }
  return histogram->most;
}
