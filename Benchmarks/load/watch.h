// The CPU time and memory of another process on this machine.
#ifndef UNDERSTUDY_LOAD_WATCH_H
#define UNDERSTUDY_LOAD_WATCH_H

#include <stdint.h>
#include <sys/types.h>

struct sample {
  uint64_t at;          ///< Wall clock.
  uint64_t cpu_ns;      ///< Used so far by all threads of the watched process.
  uint64_t own_cpu_ns;  ///< Used so far by this process.
  uint64_t rss_bytes;   ///< Resident memory of the watched process.
};

/// Looks at `process`; zeros for what cannot be seen.
struct sample watch_process(pid_t process);

#endif
