// Receiving with the kernel's own arrival time, so that a busy client does not look like a slow server.
#ifndef UNDERSTUDY_LOAD_RECEIVE_H
#define UNDERSTUDY_LOAD_RECEIVE_H

#include <stdint.h>
#include <sys/types.h>

enum { RECEIVE_BYTES = 256 << 10 };

/// Asks the kernel to note arrival times on this socket.
void receive_prepare(int fd);
/// Receives into `buffer` of RECEIVE_BYTES; `at` is when the last of the bytes arrived, by the wall clock.
ssize_t receive(int fd, char *buffer, uint64_t *at);

#endif
