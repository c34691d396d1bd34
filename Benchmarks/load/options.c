#include "options.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/arguments.h"
#include "../common/clock.h"

static const char usage[] =
    "usage: load --url HOST:PORT [options]\n"
    "  --path PATH        default /v1/chat/completions\n"
    "  --streams N        keep-alive connections, one request at a time on each (1)\n"
    "  --requests N       requests in all (one per stream), or\n"
    "  --duration S       seconds during which requests start, or\n"
    "  --rate N           with --duration: N requests a second at fixed times\n"
    "  --tokens N         max_tokens asked for and expected (128)\n"
    "  --gap-us N         the time between tokens that the server was configured with (0)\n"
    "  --ttft-us N        the time to first token that it was configured with (0)\n"
    "  --ramp-ms N        the first requests start evenly over this time (one gap)\n"
    "  --model NAME       default m\n"
    "  --body FILE        send this body instead of the built-in one\n"
    "  --plain            ask for one JSON answer and not for a stream\n"
    "  --get              GET without a body\n"
    "  --count-all        every frame but [DONE] is a token, not only those with text\n"
    "  --abort-after N    hang up after N tokens\n"
    "  --threads N        default 1\n"
    "  --timeout S        give up this long after the first request (nominal time plus 30)\n"
    "  --watch-pid PID    measure the CPU and memory of this process too\n"
    "Prints one JSON object. Exits 0 when it could measure, 1 when nothing answered, 2 on wrong usage.\n";

_Noreturn static void refuse(const char *what, const char *value) {
  fprintf(stderr, "load: %s \"%s\"\n", what, value);
  exit(2);
}

static void parse_url(struct load_options *options, const char *url) {
  const char *text = strncmp(url, "http://", 7) == 0 ? url + 7 : url;
  const char *colon = strrchr(text, ':');
  if (colon == NULL || (size_t)(colon - text) >= sizeof options->host) refuse("--url must be HOST:PORT, not", url);
  memcpy(options->host, text, (size_t)(colon - text));
  options->address.sin_family = AF_INET;
  options->address.sin_port = htons((uint16_t)argument_number("--url", colon + 1, UINT16_MAX));
  const char *host = strcmp(options->host, "localhost") == 0 ? "127.0.0.1" : options->host;
  if (inet_pton(AF_INET, host, &options->address.sin_addr) != 1) refuse("--url must name an IPv4 address, not", url);
}

/// A flag without a value; false when `word` is not one.
static bool parse_switch(struct load_options *options, const char *word) {
  if (strcmp(word, "--get") == 0) options->get = true;
  else if (strcmp(word, "--plain") == 0) options->plain = true;
  else if (strcmp(word, "--count-all") == 0) options->count_all = true;
  else return false;
  return true;
}

static bool parse_text(struct load_options *options, const char *flag, const char *value) {
  if (strcmp(flag, "--url") == 0) parse_url(options, value);
  else if (strcmp(flag, "--path") == 0) options->path = value;
  else if (strcmp(flag, "--model") == 0) options->model = value;
  else if (strcmp(flag, "--body") == 0) options->body_file = value;
  else return false;
  return true;
}

/// The numbers: where each goes, its unit and its limit.
static bool parse_number(struct load_options *options, const char *flag, const char *value) {
  uint64_t streams = options->streams, threads = options->threads, watched = 0;
  const struct {
    const char *flag;
    uint64_t *to, unit, limit;
  } numbers[] = {
      {"--streams", &streams, 1, 1000000},
      {"--threads", &threads, 1, 64},
      {"--requests", &options->requests, 1, UINT32_MAX},
      {"--duration", &options->duration_ns, NS_PER_S, 3600},
      {"--rate", &options->rate, 1, 1000000},
      {"--tokens", &options->tokens, 1, UINT32_MAX},
      {"--gap-us", &options->gap_ns, NS_PER_US, UINT32_MAX},
      {"--ttft-us", &options->ttft_ns, NS_PER_US, UINT32_MAX},
      {"--ramp-ms", &options->ramp_ns, NS_PER_MS, 3600000},
      {"--abort-after", &options->abort_after, 1, UINT32_MAX},
      {"--timeout", &options->timeout_ns, NS_PER_S, 3600},
      {"--watch-pid", &watched, 1, INT32_MAX},
  };
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    if (strcmp(flag, numbers[i].flag) != 0) continue;
    *numbers[i].to = argument_number(flag, value, numbers[i].limit) * numbers[i].unit;
    options->streams = (unsigned)streams;
    options->threads = (unsigned)threads;
    if (watched > 0) options->watched = (pid_t)watched;
    return true;
  }
  return false;
}

struct load_options options_parse(int count, char **words) {
  struct load_options options = {
      .path = "/v1/chat/completions", .model = "m", .streams = 1, .threads = 1, .tokens = 128, .ramp_ns = UINT64_MAX};
  for (int i = 1; i < count; i++) {
    if (strcmp(words[i], "--help") == 0) {
      fputs(usage, stdout);
      exit(0);
    }
    if (parse_switch(&options, words[i])) continue;
    const char *value = i + 1 < count ? words[i + 1] : NULL;
    if (value == NULL) refuse("unknown flag, or no value for", words[i]);
    if (!parse_text(&options, words[i], value) && !parse_number(&options, words[i], value)) {
      refuse("unknown flag", words[i]);
    }
    i++;
  }
  if (options.address.sin_family == 0) refuse("--url HOST:PORT is needed:", "load --help");
  if (options.streams == 0 || options.threads == 0) refuse("must not be zero:", "--streams, --threads");
  if (options.threads > options.streams) options.threads = options.streams;
  if (options.rate > 0 && options.duration_ns == 0) refuse("--rate needs", "--duration");
  if (options.requests > 0 && options.duration_ns > 0) refuse("give --requests or --duration, not", "both");
  if (options.requests == 0 && options.duration_ns == 0) options.requests = options.streams;
  if (options.ramp_ns == UINT64_MAX) options.ramp_ns = options.gap_ns;
  if (options.timeout_ns == 0) {
    uint64_t rounds = options.requests / options.streams + 1;
    uint64_t one = options.ttft_ns + options.tokens * options.gap_ns;
    options.timeout_ns = options.ramp_ns + options.duration_ns + rounds * one + 30 * NS_PER_S;
  }
  return options;
}
