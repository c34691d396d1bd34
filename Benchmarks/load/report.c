#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../common/clock.h"

static double us(uint64_t ns) { return (double)ns / (double)NS_PER_US; }

static double seconds(uint64_t from, uint64_t to) { return to > from ? (double)(to - from) / (double)NS_PER_S : 0; }

static double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

static void print_histogram(const char *name, const struct histogram *histogram) {
  printf("\"%s\":{\"count\":%" PRIu64 ",\"mean\":%.3f,\"min\":%.3f,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,"
         "\"p99.9\":%.3f,\"max\":%.3f}",
         name, histogram->count, ratio(us(histogram->sum), (double)histogram->count), us(histogram->least),
         us(histogram_quantile(histogram, 0.5)), us(histogram_quantile(histogram, 0.9)),
         us(histogram_quantile(histogram, 0.99)), us(histogram_quantile(histogram, 0.999)), us(histogram->most));
}

static void print_configured(const struct load_options *options) {
  printf("\"configured\":{\"path\":\"%s\",\"streams\":%u,\"requests\":%" PRIu64 ",\"duration_s\":%.0f,\"rate\":%" PRIu64
         ",\"tokens\":%" PRIu64 ",\"gap_us\":%.0f,\"ttft_us\":%.0f,\"ramp_ms\":%.0f,\"threads\":%u}",
         options->path, options->streams, options->requests, seconds(0, options->duration_ns), options->rate,
         options->tokens, us(options->gap_ns), us(options->ttft_ns), us(options->ramp_ns) / 1000, options->threads);
}

static void print_requests(const struct stats *stats) {
  printf(",\"requests\":{\"started\":%" PRIu64 ",\"completed\":%" PRIu64 ",\"short\":%" PRIu64 ",\"failed\":%" PRIu64
         ",\"lost\":%" PRIu64 ",\"aborted\":%" PRIu64 ",\"connect_errors\":%" PRIu64 ",\"late_starts\":%" PRIu64
         ",\"statuses\":{",
         stats->started, stats->completed, stats->short_streams, stats->failed, stats->lost, stats->aborted,
         stats->connect_errors, stats->late_starts);
  const char *comma = "";
  for (int i = 0; i < STATUSES; i++) {
    if (stats->statuses[i] == 0) continue;
    printf("%s\"%d\":%" PRIu64, comma, i, stats->statuses[i]);
    comma = ",";
  }
  printf("}}");
}

static void print_traffic(const struct run *run, const struct stats *stats) {
  uint64_t end = stats->last_end > stats->last_token ? stats->last_end : stats->last_token;
  double length = seconds(run->start, end);
  printf(",\"seconds\":%.6f,\"requests_per_second\":%.1f,\"tokens\":%" PRIu64
         ",\"tokens_per_second\":%.1f,\"frames\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"receives\":%" PRIu64
         ",\"coalesced\":%" PRIu64,
         length, ratio((double)stats->completed, length), stats->tokens, ratio((double)stats->tokens, length),
         stats->frames, stats->bytes, stats->receives, stats->coalesced);
}

static void print_times(const struct stats *stats) {
  struct histogram *gaps = calloc(1, sizeof *gaps);
  if (gaps == NULL) abort();
  histogram_merge(gaps, &stats->steady_gap);
  histogram_merge(gaps, &stats->other_gap);
  printf(",");
  print_histogram("head_us", &stats->head);
  printf(",");
  print_histogram("ttft_us", &stats->ttft);
  printf(",");
  print_histogram("gap_us", gaps);
  printf(",");
  print_histogram("total_us", &stats->total);
  printf(",\"drift_us\":{\"count\":%" PRIu64 ",\"mean\":%.3f,\"min\":%.3f,\"max\":%.3f}", stats->drifts,
         ratio((double)stats->drift_sum / NS_PER_US, (double)stats->drifts), (double)stats->drift_least / NS_PER_US,
         (double)stats->drift_most / NS_PER_US);
  free(gaps);
}

static void print_steady(const struct run *run, const struct stats *stats) {
  const struct sample *begin = &run->window_begin, *end = &run->window_end;
  double length = seconds(run->window.begin, run->window.end), sampled = seconds(begin->at, end->at);
  if (length == 0 || sampled == 0) {
    printf(",\"steady\":null");
    return;
  }
  double rate = (double)stats->steady_tokens / length;
  double nominal = (double)run->options.streams * (double)NS_PER_S / (double)run->options.gap_ns;
  printf(",\"steady\":{\"seconds\":%.6f,\"tokens\":%" PRIu64
         ",\"tokens_per_second\":%.1f,\"nominal_tokens_per_second\":%.1f,\"share\":%.6f,\"server_cores\":%.4f,"
         "\"client_cores\":%.4f,\"server_rss_bytes\":%" PRIu64 ",",
         length, stats->steady_tokens, rate, nominal, ratio(rate, nominal),
         ratio(seconds(begin->cpu_ns, end->cpu_ns), sampled),
         ratio(seconds(begin->own_cpu_ns, end->own_cpu_ns), sampled), end->rss_bytes);
  print_histogram("gap_us", &stats->steady_gap);
  printf("}");
}

void report_print(const struct run *run, const struct stats *stats, const struct sample *before,
                  const struct sample *after) {
  double length = seconds(before->at, after->at);
  double server = seconds(before->cpu_ns, after->cpu_ns), client = seconds(before->own_cpu_ns, after->own_cpu_ns);
  printf("{");
  print_configured(&run->options);
  print_requests(stats);
  print_traffic(run, stats);
  print_times(stats);
  print_steady(run, stats);
  printf(",\"server\":{\"cpu_s\":%.6f,\"cores\":%.4f,\"rss_before_bytes\":%" PRIu64 ",\"rss_after_bytes\":%" PRIu64 "}",
         server, ratio(server, length), before->rss_bytes, after->rss_bytes);
  printf(",\"client\":{\"cpu_s\":%.6f,\"cores\":%.4f,\"wall_s\":%.6f}}\n", client, ratio(client, length), length);
}
