#include "frames.h"

#include <stdio.h>
#include <string.h>

// Many token frames end to end, so that a burst of due tokens is one piece.
enum { REPEATS = 512 };

#define FRAME_HEAD                                                                                   \
  "data: {\"id\":\"chatcmpl-00000000-0000-4000-8000-000000000000\",\"object\":\"chat.completion."   \
  "chunk\",\"created\":1700000000,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":"

struct bytes {
  size_t length;
  char bytes[1024];
};

static struct bytes role, token, ending;
static char repeated[REPEATS * sizeof token.bytes];

static void append_chunk(struct bytes *to, const char *event) {
  to->length += (size_t)snprintf(to->bytes + to->length, sizeof to->bytes - to->length, "%zx\r\n%s\r\n",
                                 strlen(event), event);
}

void frames_prepare(void) {
  append_chunk(&role, FRAME_HEAD
               "{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n");
  append_chunk(&token, FRAME_HEAD
               "{\"content\":\"token \"},\"logprobs\":null,\"finish_reason\":null,\"token_ids\":null}]}\n\n");
  append_chunk(&ending, FRAME_HEAD
               "{\"content\":\"\"},\"logprobs\":null,\"finish_reason\":\"length\",\"stop_reason\":null}]}\n\n");
  append_chunk(&ending, "data: [DONE]\n\n");
  for (size_t i = 0; i < REPEATS; i++) memcpy(repeated + i * token.length, token.bytes, token.length);
}

uint64_t frames_after(uint64_t tokens) { return role.length + tokens * token.length; }

uint64_t frames_total(uint64_t tokens) { return frames_after(tokens) + ending.length; }

/// Adds the part of [from, to) that lies in the piece of `length` bytes at offset `start`.
static int add(struct iovec *piece, char *bytes, uint64_t start, uint64_t length, uint64_t from, uint64_t to) {
  uint64_t begin = from > start ? from - start : 0;
  uint64_t end = to < start + length ? to - start : length;
  if (to <= start || begin >= end) return 0;
  *piece = (struct iovec){.iov_base = bytes + begin, .iov_len = end - begin};
  return 1;
}

int frames_pieces(uint64_t tokens, uint64_t from, uint64_t to, struct iovec pieces[FRAME_PIECES]) {
  int count = add(&pieces[0], role.bytes, 0, role.length, from, to);
  uint64_t first = frames_after(0), last = frames_after(tokens);
  if (from < last && to > first) {
    uint64_t begin = from > first ? from : first, end = to < last ? to : last;
    uint64_t phase = (begin - first) % token.length, room = REPEATS * token.length - phase;
    if (end - begin > room) to = end = begin + room;
    pieces[count++] = (struct iovec){.iov_base = repeated + phase, .iov_len = end - begin};
  }
  if (to > last) count += add(&pieces[count], ending.bytes, last, ending.length, from, to);
  return count;
}
