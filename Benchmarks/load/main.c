// load: streams from an OpenAI-compatible server, measured against what the server was configured to do.
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "../common/limits.h"
#include "report.h"
#include "worker.h"

int main(int count, char **words) {
  static struct run run;
  static struct stats total;
  run.options = options_parse(count, words);
  run.request = request_make(&run.options);
  signal(SIGPIPE, SIG_IGN);
  raise_open_files();

  unsigned threads = run.options.threads;
  struct worker *workers = calloc(threads, sizeof *workers);
  pthread_t *others = calloc(threads, sizeof *others);
  if (workers == NULL || others == NULL) abort();
  pthread_barrier_init(&run.connected, NULL, threads);
  struct sample before = watch_process(run.options.watched);
  for (unsigned i = 0; i < threads; i++) {
    workers[i].run = &run;
    workers[i].index = i;
    if (i > 0 && pthread_create(&others[i], NULL, worker_main, &workers[i]) != 0) {
      fputs("load: cannot start a thread\n", stderr);
      return 1;
    }
  }
  worker_main(&workers[0]);
  for (unsigned i = 1; i < threads; i++) pthread_join(others[i], NULL);
  struct sample after = watch_process(run.options.watched);
  for (unsigned i = 0; i < threads; i++) stats_merge(&total, &workers[i].stats);
  report_print(&run, &total, &before, &after);
  free(workers);
  free(others);
  free(run.request.bytes);
  return total.bytes > 0 ? 0 : 1;
}
