// A fixed log-linear histogram of nanoseconds in the manner of HdrHistogram: exact to one part in
// 2,048 (25 us at 50 ms) up to 18 minutes, with no allocation and no sorting.
#ifndef UNDERSTUDY_LOAD_HISTOGRAM_H
#define UNDERSTUDY_LOAD_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_SUBBITS = 11, HISTOGRAM_BITS = 40 };
enum { HISTOGRAM_BUCKETS = (HISTOGRAM_BITS - HISTOGRAM_SUBBITS + 1) << HISTOGRAM_SUBBITS };

struct histogram {
  uint64_t count, sum, least, most;
  uint64_t buckets[HISTOGRAM_BUCKETS];
};

/// Counts one value; values over the range land in the last bucket, `most` stays exact.
void histogram_record(struct histogram *histogram, uint64_t ns);
/// Adds all of `other`.
void histogram_merge(struct histogram *histogram, const struct histogram *other);
/// The value that a share of `quantile` (0 to 1) does not exceed; 0 when empty.
uint64_t histogram_quantile(const struct histogram *histogram, double quantile);

#endif
