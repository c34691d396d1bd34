#include "events.h"

#include <stdbool.h>
#include <string.h>

static const struct slice text_keys[] = {{"\"content\":\"", 11}, {"\"text\":\"", 8}};
enum { TEXT_KEYS = sizeof text_keys / sizeof *text_keys };

/// Whether a key with a text that is not empty stands at `place`.
static bool text_at(struct slice frame, size_t place) {
  for (int i = 0; i < TEXT_KEYS; i++) {
    size_t after = place + text_keys[i].length;
    if (after >= frame.length || memcmp(frame.bytes + place, text_keys[i].bytes, text_keys[i].length) != 0) continue;
    return frame.bytes[after] != '"';
  }
  return false;
}

static bool has_text(struct events *events, struct slice frame) {
  if (text_at(frame, events->text_place)) return true;
  for (int i = 0; i < TEXT_KEYS; i++) {
    const char *found = memmem(frame.bytes, frame.length, text_keys[i].bytes, text_keys[i].length);
    if (found == NULL || !text_at(frame, (size_t)(found - frame.bytes))) continue;
    events->text_place = (size_t)(found - frame.bytes);
    return true;
  }
  return false;
}

static bool starts_with(struct slice frame, const char *text, size_t length) {
  return frame.length >= length && memcmp(frame.bytes, text, length) == 0;
}

enum event events_next(struct events *events, const char **cursor, const char *end) {
  struct slice line;
  while (lines_next(&events->lines, cursor, end, &line)) {
    // Blank lines end frames and a colon starts a comment; each frame here has one data line.
    if (!starts_with(line, "data: ", 6)) continue;
    struct slice frame = {.bytes = line.bytes + 6, .length = line.length - 6};
    if (starts_with(frame, "[DONE]", 6)) return EVENT_DONE;
    if (starts_with(frame, "{\"error\"", 8)) return EVENT_ERROR;
    return has_text(events, frame) ? EVENT_TOKEN : EVENT_OTHER;
  }
  return EVENT_NONE;
}

void events_reset(struct events *events) {
  events->lines.length = 0;
  events->lines.overflow = false;
}
