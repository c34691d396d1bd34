// An HTTP/1.1 response, parsed as it arrives.
#ifndef UNDERSTUDY_LOAD_RESPONSE_H
#define UNDERSTUDY_LOAD_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "lines.h"

enum response_part {
  PART_MORE,  ///< The piece is used up.
  PART_HEAD,  ///< Status and headers are known.
  PART_BODY,  ///< Some bytes of the body.
  PART_END,   ///< The response is over; what follows belongs to the next one.
  PART_BAD,   ///< Not HTTP.
};

enum response_state {
  STATE_STATUS, STATE_HEADERS, STATE_CHUNK_SIZE, STATE_CHUNK, STATE_CHUNK_END, STATE_TRAILERS, STATE_LENGTH,
  STATE_UNTIL_CLOSE, STATE_OVER,
};

struct response {
  enum response_state state;
  unsigned status;
  bool chunked, has_length, closes, event_stream;
  uint64_t left;  ///< Bytes left of the chunk or of the body.
  struct lines lines;
};

/// Takes the next part from [*cursor, end); `body` is set for PART_BODY.
enum response_part response_next(struct response *response, const char **cursor, const char *end, struct slice *body);
/// Whether the peer may end this response by closing the connection now.
bool response_may_end(const struct response *response);
/// Ready for the next response on the same connection.
void response_reset(struct response *response);

#endif
