// The steady window: the time in which, going by the configuration, every stream of the first round is
// between its tenth and its last but one token. Inside of it the nominal rate is known exactly.
#ifndef UNDERSTUDY_LOAD_WINDOW_H
#define UNDERSTUDY_LOAD_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "options.h"

// Opening thousands of streams is work of its own; it must be over when the window begins.
enum { SETTLING_GAPS = 10 };

struct window {
  uint64_t begin, end;  ///< Wall-clock nanoseconds; equal when there is no such window.
};

static inline struct window window_of(const struct load_options *options, uint64_t start) {
  struct window window = {0};
  bool paced = options->gap_ns > 0 && options->rate == 0 && options->abort_after == 0;
  if (!paced || options->tokens < SETTLING_GAPS + 4) return window;
  uint64_t first = start + options->ttft_ns, last = first + options->ramp_ns;
  window.begin = last + SETTLING_GAPS * options->gap_ns;
  window.end = first + (options->tokens - 2) * options->gap_ns;
  return window.begin < window.end ? window : (struct window){0};
}

static inline bool window_holds(const struct window *window, uint64_t at) {
  return at >= window->begin && at < window->end;
}

#endif
