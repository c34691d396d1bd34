// One descriptor per connection: the soft limit is too small for thousands of streams.
#ifndef UNDERSTUDY_BENCHMARKS_LIMITS_H
#define UNDERSTUDY_BENCHMARKS_LIMITS_H

#include <sys/resource.h>

/// Raises the soft limit of open files to the hard one.
static inline void raise_open_files(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

#endif
