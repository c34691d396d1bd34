#include "deadlines.h"

#include <stdlib.h>

#include "stream.h"

enum { ARITY = 4 };

static void place(struct deadlines *deadlines, size_t at, struct stream *stream) {
  deadlines->heap[at] = stream;
  stream->heap_place = at + 1;
}

static void sift(struct deadlines *deadlines, size_t at, struct stream *stream) {
  struct stream **heap = deadlines->heap;
  while (at > 0) {
    size_t parent = (at - 1) / ARITY;
    if (heap[parent]->deadline <= stream->deadline) break;
    place(deadlines, at, heap[parent]);
    at = parent;
  }
  for (;;) {
    size_t child = at * ARITY + 1, least = child;
    if (child >= deadlines->count) break;
    for (size_t other = child + 1; other < child + ARITY && other < deadlines->count; other++) {
      if (heap[other]->deadline < heap[least]->deadline) least = other;
    }
    if (heap[least]->deadline >= stream->deadline) break;
    place(deadlines, at, heap[least]);
    at = least;
  }
  place(deadlines, at, stream);
}

struct stream *deadlines_first(const struct deadlines *deadlines) {
  return deadlines->count > 0 ? deadlines->heap[0] : NULL;
}

void deadlines_put(struct deadlines *deadlines, struct stream *stream) {
  if (stream->heap_place != 0) {
    sift(deadlines, stream->heap_place - 1, stream);
    return;
  }
  if (deadlines->count == deadlines->capacity) {
    deadlines->capacity = deadlines->capacity > 0 ? deadlines->capacity * 2 : 1024;
    deadlines->heap = realloc(deadlines->heap, deadlines->capacity * sizeof *deadlines->heap);
    if (deadlines->heap == NULL) abort();
  }
  sift(deadlines, deadlines->count++, stream);
}

void deadlines_remove(struct deadlines *deadlines, struct stream *stream) {
  if (stream->heap_place == 0) return;
  size_t at = stream->heap_place - 1;
  stream->heap_place = 0;
  struct stream *last = deadlines->heap[--deadlines->count];
  if (last != stream) sift(deadlines, at, last);
}
