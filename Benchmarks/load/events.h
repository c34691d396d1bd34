// Server-sent events of an OpenAI stream, told apart as cheaply as possible: no JSON is parsed.
#ifndef UNDERSTUDY_LOAD_EVENTS_H
#define UNDERSTUDY_LOAD_EVENTS_H

#include "lines.h"

enum event {
  EVENT_NONE,   ///< The piece is used up.
  EVENT_TOKEN,  ///< A frame with text.
  EVENT_OTHER,  ///< A frame without: role, finish reason, usage.
  EVENT_ERROR,  ///< `data: {"error":…}`
  EVENT_DONE,   ///< `data: [DONE]`
};

struct events {
  struct lines lines;
  size_t text_place;  ///< Where the last token frame had its text: the next one has it there as well.
};

/// Takes the next event from [*cursor, end).
enum event events_next(struct events *events, const char **cursor, const char *end);
/// Ready for the next stream.
void events_reset(struct events *events);

#endif
