// The run as one JSON object on stdout.
#ifndef UNDERSTUDY_LOAD_REPORT_H
#define UNDERSTUDY_LOAD_REPORT_H

#include "worker.h"

/// Prints what was measured; `before` and `after` were taken around the whole run.
void report_print(const struct run *run, const struct stats *stats, const struct sample *before,
                  const struct sample *after);

#endif
