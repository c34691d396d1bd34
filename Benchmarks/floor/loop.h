// The event loop around libmicrohttpd.
#ifndef UNDERSTUDY_FLOOR_LOOP_H
#define UNDERSTUDY_FLOOR_LOOP_H

#include <stdbool.h>

#include "server.h"

/// Opens the listener, the epoll and the daemons; false and one line on stderr when something fails.
bool loop_open(struct server *server);
/// Serves until the process is ended.
void loop_run(struct server *server);

#endif
