// What the command line asks for.
#ifndef UNDERSTUDY_LOAD_OPTIONS_H
#define UNDERSTUDY_LOAD_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct load_options {
  struct sockaddr_in address;
  char host[64];
  const char *path, *model, *body_file;
  bool get;          ///< GET without a body instead of POST.
  bool plain;        ///< Ask for one JSON answer and not for a stream.
  bool count_all;    ///< Every frame but [DONE] is a token, not only those with text.
  unsigned streams, threads;
  uint64_t requests;     ///< In all; 0 with a duration.
  uint64_t duration_ns;  ///< New requests start until then; 0 with a number of requests.
  uint64_t tokens, gap_ns, ttft_ns;  ///< What the server was configured to do.
  uint64_t ramp_ns;      ///< The first requests start evenly over this time.
  uint64_t rate;         ///< Requests per second at fixed times; 0 means as soon as the last one is over.
  uint64_t abort_after;  ///< Hang up after this many tokens; 0 never.
  uint64_t timeout_ns;   ///< From the first request to giving up on all.
  pid_t watched;         ///< A process on this machine whose CPU and memory are measured; 0 none.
};

/// Parses the command line; exits with one line when it is wrong.
struct load_options options_parse(int count, char **words);

#endif
