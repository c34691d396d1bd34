// The floor's few answers.
#ifndef UNDERSTUDY_FLOOR_ROUTES_H
#define UNDERSTUDY_FLOOR_ROUTES_H

#include <microhttpd.h>

#include "server.h"

/// What libmicrohttpd's handler needs to know about the daemon that calls it.
struct route_context {
  struct server *server;
  unsigned daemon;
};

/// Makes the fixed answers; called once, false when out of memory.
bool routes_prepare(void);
/// libmicrohttpd's access handler; `context` is a `struct route_context`.
enum MHD_Result route(void *context, struct MHD_Connection *connection, const char *path, const char *method,
                      const char *version, const char *body, size_t *body_size, void **state);
/// libmicrohttpd's notice that a request is over.
void route_completed(void *context, struct MHD_Connection *connection, void **state,
                     enum MHD_RequestTerminationCode code);

#endif
