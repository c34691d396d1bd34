// The bytes of a stream, chunk-framed and made once: a role frame, token frames that are all alike,
// and an ending. A position in a stream is then one offset, and nothing is composed or copied per
// token, which is what makes this server a floor.
#ifndef UNDERSTUDY_FLOOR_FRAMES_H
#define UNDERSTUDY_FLOOR_FRAMES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

enum { FRAME_PIECES = 3 };

/// Makes the frames; called once.
void frames_prepare(void);
/// The offset after the role frame and `tokens` token frames.
uint64_t frames_after(uint64_t tokens);
/// The offset after the ending of a stream of `tokens` tokens.
uint64_t frames_total(uint64_t tokens);
/// Describes the bytes [from, to) of a stream of `tokens` tokens, or the first part of them; returns
/// the number of pieces.
int frames_pieces(uint64_t tokens, uint64_t from, uint64_t to, struct iovec pieces[FRAME_PIECES]);

#endif
