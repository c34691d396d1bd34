#include "lines.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_LIMIT = 1 << 20 };

static void keep(struct lines *lines, const char *bytes, size_t length) {
  if (length > LINE_LIMIT - lines->length) {
    lines->overflow = true;
    return;
  }
  if (lines->length + length > lines->capacity) {
    lines->capacity = (lines->length + length) * 2;
    lines->kept = realloc(lines->kept, lines->capacity);
    if (lines->kept == NULL) abort();
  }
  memcpy(lines->kept + lines->length, bytes, length);
  lines->length += length;
}

bool lines_next(struct lines *lines, const char **cursor, const char *end, struct slice *line) {
  if (*cursor == end || lines->overflow) return false;
  const char *start = *cursor, *newline = memchr(start, '\n', (size_t)(end - start));
  *cursor = newline != NULL ? newline + 1 : end;
  if (newline == NULL) {
    keep(lines, start, (size_t)(end - start));
    return false;
  }
  *line = (struct slice){.bytes = start, .length = (size_t)(newline - start)};
  if (lines->length > 0) {
    keep(lines, start, line->length);
    *line = (struct slice){.bytes = lines->kept, .length = lines->length};
    lines->length = 0;
    if (lines->overflow) return false;
  }
  if (line->length > 0 && line->bytes[line->length - 1] == '\r') line->length--;
  return true;
}

void lines_reset(struct lines *lines) {
  free(lines->kept);
  *lines = (struct lines){0};
}
