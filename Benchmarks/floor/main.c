// floor: the least a server on libmicrohttpd can do, as the yardstick of scripts/bench. One thread, an
// own accept and epoll loop, fixed answers, streams whose bytes are made before the first request.
//
//   POST /v1/completions         a fixed answer of about 400 bytes; the body is read and ignored
//   GET  /stream?n=&gap_us=      n tokens, gap_us apart
//   POST /v1/chat/completions    the same with max_tokens of the body and --gap-us
//   GET  /metrics, /health       what the harness asks a vLLM
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "../common/arguments.h"
#include "../common/clock.h"
#include "../common/limits.h"
#include "frames.h"
#include "loop.h"
#include "routes.h"

static const char usage[] =
    "usage: floor --port P [--gap-us N] [--max-num-seqs N] [--daemons N] [--pool-bytes N]\n";

static struct floor_options parse(int count, char **words) {
  struct floor_options options = {.daemons = 16, .pool_bytes = 16384, .max_running = UINT64_MAX};
  for (int i = 1; i < count; i += 2) {
    const char *flag = words[i], *value = i + 1 < count ? words[i + 1] : "";
    if (strcmp(flag, "--port") == 0) {
      options.port = (uint16_t)argument_number(flag, value, UINT16_MAX);
    } else if (strcmp(flag, "--gap-us") == 0) {
      options.gap_ns = argument_number(flag, value, UINT32_MAX) * NS_PER_US;
    } else if (strcmp(flag, "--max-num-seqs") == 0) {
      options.max_running = argument_number(flag, value, UINT32_MAX);
    } else if (strcmp(flag, "--daemons") == 0) {
      options.daemons = (unsigned)argument_number(flag, value, MAX_DAEMONS);
    } else if (strcmp(flag, "--pool-bytes") == 0) {
      options.pool_bytes = (unsigned)argument_number(flag, value, 1 << 20);
    } else {
      fputs(usage, stderr);
      exit(strcmp(flag, "--help") == 0 ? 0 : 2);
    }
  }
  if (options.port == 0 || options.daemons == 0 || options.max_running == 0) {
    fputs(usage, stderr);
    exit(2);
  }
  return options;
}

int main(int count, char **words) {
  static struct server server;
  server.options = parse(count, words);
  signal(SIGPIPE, SIG_IGN);
  raise_open_files();
  frames_prepare();
  if (!routes_prepare() || !loop_open(&server)) return 1;
  loop_run(&server);
}
