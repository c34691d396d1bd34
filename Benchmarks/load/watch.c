#include "watch.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "../common/clock.h"

struct sample watch_process(pid_t process) {
  struct sample sample = {.at = clock_ns(CLOCK_REALTIME), .own_cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID)};
  clockid_t clock;
  // The process's CPU clock counts nanoseconds; /proc/PID/stat only ticks.
  if (process > 0 && clock_getcpuclockid(process, &clock) == 0) sample.cpu_ns = clock_ns(clock);
  char path[32];
  snprintf(path, sizeof path, "/proc/%d/statm", (int)process);
  FILE *file = process > 0 ? fopen(path, "r") : NULL;
  unsigned long long size, resident;
  if (file != NULL) {
    if (fscanf(file, "%llu %llu", &size, &resident) == 2) {
      sample.rss_bytes = resident * (uint64_t)sysconf(_SC_PAGESIZE);
    }
    fclose(file);
  }
  return sample;
}
