// A 4-ary min-heap of streams by deadline. Each stream knows its place, so that a client that
// leaves is removed in O(log n).
#ifndef UNDERSTUDY_FLOOR_DEADLINES_H
#define UNDERSTUDY_FLOOR_DEADLINES_H

#include <stddef.h>
#include <stdint.h>

struct stream;

struct deadlines {
  struct stream **heap;
  size_t count, capacity;
};

/// The earliest stream, or NULL.
struct stream *deadlines_first(const struct deadlines *deadlines);
/// Inserts a stream, or moves it when its deadline has changed.
void deadlines_put(struct deadlines *deadlines, struct stream *stream);
/// Removes a stream; does nothing when it is not in the heap.
void deadlines_remove(struct deadlines *deadlines, struct stream *stream);

#endif
