// The bytes of the request, made once and shared by all connections.
#ifndef UNDERSTUDY_LOAD_REQUEST_H
#define UNDERSTUDY_LOAD_REQUEST_H

#include <stddef.h>

#include "options.h"

struct request {
  char *bytes;
  size_t length;
};

/// Renders the request; exits with one line when the body file cannot be read.
struct request request_make(const struct load_options *options);

#endif
