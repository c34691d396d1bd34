#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_LIMIT = 64 << 20 };

static size_t read_body(const char *path, char **body) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    perror(path);
    exit(2);
  }
  *body = malloc(BODY_LIMIT);
  size_t length = *body != NULL ? fread(*body, 1, BODY_LIMIT, file) : 0;
  fclose(file);
  return length;
}

/// A body that makes vLLM answer with exactly the number of tokens asked for.
static size_t make_body(const struct load_options *options, char **body) {
  bool chat = strstr(options->path, "chat") != NULL;
  int length = asprintf(body, "{\"model\":\"%s\",%s,\"max_tokens\":%llu,\"ignore_eos\":true,\"stream\":%s}",
                        options->model,
                        chat ? "\"messages\":[{\"role\":\"user\",\"content\":\"Tell me about the weather.\"}]"
                             : "\"prompt\":\"Tell me about the weather.\"",
                        (unsigned long long)options->tokens, options->plain ? "false" : "true");
  return length > 0 ? (size_t)length : 0;
}

struct request request_make(const struct load_options *options) {
  char *body = NULL, *head = NULL;
  size_t body_length = 0;
  int head_length;
  if (options->get) {
    head_length = asprintf(&head, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", options->path, options->host);
  } else {
    body_length = options->body_file != NULL ? read_body(options->body_file, &body) : make_body(options, &body);
    head_length = asprintf(&head,
                           "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
                           "Content-Length: %zu\r\n\r\n",
                           options->path, options->host, body_length);
  }
  struct request request = {.length = (size_t)head_length + body_length};
  request.bytes = malloc(request.length);
  if (request.bytes == NULL) abort();
  memcpy(request.bytes, head, (size_t)head_length);
  if (body_length > 0) memcpy(request.bytes + head_length, body, body_length);
  free(head);
  free(body);
  return request;
}
