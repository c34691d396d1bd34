#include "response.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/// The value when the header's name is `name`, else NULL. Names are compared as HTTP says, without case.
static const char *header_value(struct slice line, const char *name, size_t *length) {
  size_t size = strlen(name);
  if (line.length <= size || line.bytes[size] != ':' || strncasecmp(line.bytes, name, size) != 0) return NULL;
  const char *value = line.bytes + size + 1, *end = line.bytes + line.length;
  while (value < end && *value == ' ') value++;
  *length = (size_t)(end - value);
  return value;
}

static bool starts_with(const char *value, size_t length, const char *word) {
  return length >= strlen(word) && strncasecmp(value, word, strlen(word)) == 0;
}

/// Reads digits of the base; false when there is none.
static bool number(const char *bytes, size_t length, unsigned base, uint64_t *value) {
  size_t i = 0;
  for (*value = 0; i < length && i < 15; i++) {
    unsigned c = (unsigned char)bytes[i], letter = (c | 32) - 'a';
    unsigned digit = c - '0' <= 9 ? c - '0' : letter < 26 ? letter + 10 : base;
    if (digit >= base) break;
    *value = *value * base + digit;
  }
  return i > 0;
}

static bool read_status(struct response *response, struct slice line) {
  uint64_t status;
  if (line.length < 12 || memcmp(line.bytes, "HTTP/1.", 7) != 0) return false;
  if (!number(line.bytes + 9, 3, 10, &status) || status < 100) return false;
  response->status = (unsigned)status;
  response->closes = line.bytes[7] == '0';
  return true;
}

static void read_header(struct response *response, struct slice line) {
  size_t length;
  const char *value;
  if ((value = header_value(line, "Content-Length", &length)) != NULL) {
    response->has_length = number(value, length, 10, &response->left);
  } else if ((value = header_value(line, "Transfer-Encoding", &length)) != NULL) {
    response->chunked = starts_with(value, length, "chunked");
  } else if ((value = header_value(line, "Connection", &length)) != NULL) {
    response->closes = starts_with(value, length, "close");
  } else if ((value = header_value(line, "Content-Type", &length)) != NULL) {
    response->event_stream = starts_with(value, length, "text/event-stream");
  }
}

static void headers_over(struct response *response) {
  if (response->status < 200) {
    response->state = STATE_STATUS;  // 100 Continue: the real answer follows.
  } else if (response->status == 204 || response->status == 304) {
    response->state = STATE_OVER;
  } else if (response->chunked) {
    response->state = STATE_CHUNK_SIZE;
  } else if (response->has_length) {
    response->state = response->left > 0 ? STATE_LENGTH : STATE_OVER;
  } else {
    response->state = STATE_UNTIL_CLOSE;
    response->closes = true;
  }
}

enum response_part response_next(struct response *response, const char **cursor, const char *end, struct slice *body) {
  struct slice line;
  for (;;) {
    if (response->lines.overflow) return PART_BAD;
    switch (response->state) {
      case STATE_STATUS:
        if (!lines_next(&response->lines, cursor, end, &line)) return PART_MORE;
        if (!read_status(response, line)) return PART_BAD;
        response->state = STATE_HEADERS;
        break;
      case STATE_HEADERS:
        if (!lines_next(&response->lines, cursor, end, &line)) return PART_MORE;
        if (line.length > 0) {
          read_header(response, line);
          break;
        }
        headers_over(response);
        if (response->state == STATE_STATUS) break;
        return PART_HEAD;
      case STATE_CHUNK_SIZE:
        if (!lines_next(&response->lines, cursor, end, &line)) return PART_MORE;
        if (!number(line.bytes, line.length, 16, &response->left)) return PART_BAD;
        response->state = response->left > 0 ? STATE_CHUNK : STATE_TRAILERS;
        break;
      case STATE_CHUNK_END:
        if (!lines_next(&response->lines, cursor, end, &line)) return PART_MORE;
        if (line.length > 0) return PART_BAD;
        response->state = STATE_CHUNK_SIZE;
        break;
      case STATE_TRAILERS:
        if (!lines_next(&response->lines, cursor, end, &line)) return PART_MORE;
        if (line.length == 0) response->state = STATE_OVER;
        break;
      case STATE_CHUNK:
      case STATE_LENGTH: {
        if (*cursor == end) return PART_MORE;
        uint64_t here = (uint64_t)(end - *cursor);
        uint64_t taken = here < response->left ? here : response->left;
        *body = (struct slice){.bytes = *cursor, .length = (size_t)taken};
        *cursor += taken;
        response->left -= taken;
        if (response->left == 0) response->state = response->state == STATE_CHUNK ? STATE_CHUNK_END : STATE_OVER;
        return PART_BODY;
      }
      case STATE_UNTIL_CLOSE:
        if (*cursor == end) return PART_MORE;
        *body = (struct slice){.bytes = *cursor, .length = (size_t)(end - *cursor)};
        *cursor = end;
        return PART_BODY;
      case STATE_OVER:
        return PART_END;
    }
  }
}

bool response_may_end(const struct response *response) { return response->state == STATE_UNTIL_CLOSE; }

void response_reset(struct response *response) {
  // The memory of a cut line is kept for the next response.
  struct lines lines = response->lines;
  lines.length = 0;
  *response = (struct response){.lines = lines};
}
