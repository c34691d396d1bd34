// Numbers on the command line, refused when they are not numbers.
#ifndef UNDERSTUDY_BENCHMARKS_ARGUMENTS_H
#define UNDERSTUDY_BENCHMARKS_ARGUMENTS_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/// The value of a decimal argument, at most `limit`; exits with one line otherwise.
static inline uint64_t argument_number(const char *flag, const char *text, uint64_t limit) {
  char *end = NULL;
  errno = 0;
  unsigned long long value = strtoull(text, &end, 10);
  if (errno != 0 || end == text || *end != '\0' || *text == '-' || value > limit) {
    fprintf(stderr, "%s: \"%s\" is not a number from 0 to %llu\n", flag, text, (unsigned long long)limit);
    exit(2);
  }
  return value;
}

#endif
