// Time in integer nanoseconds, the one unit of every program in Benchmarks.
#ifndef UNDERSTUDY_BENCHMARKS_CLOCK_H
#define UNDERSTUDY_BENCHMARKS_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)

static inline uint64_t timespec_ns(const struct timespec *time) {
  return (uint64_t)time->tv_sec * NS_PER_S + (uint64_t)time->tv_nsec;
}

static inline struct timespec ns_timespec(uint64_t ns) {
  return (struct timespec){.tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S)};
}

static inline uint64_t clock_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return timespec_ns(&now);
}

#endif
