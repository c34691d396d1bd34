// Lines out of bytes that arrive in pieces. A line that lies whole in the piece is not copied; only
// one that is cut between two pieces is.
#ifndef UNDERSTUDY_LOAD_LINES_H
#define UNDERSTUDY_LOAD_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct slice {
  const char *bytes;
  size_t length;
};

struct lines {
  char *kept;  ///< The start of a line whose end has not come yet.
  size_t length, capacity;
  bool overflow;  ///< A line was longer than any sensible one; nothing more is read.
};

/// Takes the next line, without its end, from [*cursor, end) and moves the cursor behind it. False when
/// the end of the line has not come yet. The line is valid until the next call.
bool lines_next(struct lines *lines, const char **cursor, const char *end, struct slice *line);
/// Forgets what was kept.
void lines_reset(struct lines *lines);

#endif
