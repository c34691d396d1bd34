#include "routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream.h"

// The shape and size of vLLM's own answer to a completion of one token.
static const char completion[] =
    "{\"id\":\"cmpl-00000000-0000-4000-8000-000000000000\",\"object\":\"text_completion\",\"created\":1700000000,"
    "\"model\":\"m\",\"choices\":[{\"index\":0,\"text\":\"token \",\"logprobs\":null,\"finish_reason\":\"length\","
    "\"stop_reason\":null,\"token_ids\":null}],\"service_tier\":null,\"system_fingerprint\":null,\"usage\":"
    "{\"prompt_tokens\":5,\"total_tokens\":6,\"completion_tokens\":1,\"prompt_tokens_details\":null},"
    "\"kv_transfer_params\":null}";

static struct MHD_Response *completion_response, *healthy_response, *missing_response, *version_response;

/// The start of a chat body, enough to find `stream` and `max_tokens`; other bodies are not kept.
struct chat_body {
  size_t length;
  char text[4096];
};

// Marks a request whose headers have been seen and whose body is dropped.
static char dropped_body;

static struct MHD_Response *fixed(const char *text, const char *type) {
  struct MHD_Response *response =
      MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
  if (response != NULL) MHD_add_response_header(response, "Content-Type", type);
  return response;
}

bool routes_prepare(void) {
  completion_response = fixed(completion, "application/json");
  healthy_response = fixed("", "application/json");
  missing_response = fixed("{\"error\":{\"message\":\"Not Found\",\"code\":404}}", "application/json");
  version_response = fixed("{\"error\":{\"message\":\"Streams need HTTP/1.1\",\"code\":505}}", "application/json");
  return completion_response != NULL && healthy_response != NULL && missing_response != NULL &&
         version_response != NULL;
}

/// The gauges of vLLM that the harness reads.
static enum MHD_Result answer_metrics(const struct server *server, struct MHD_Connection *connection) {
  char text[512];
  int length = snprintf(text, sizeof text,
                        "# TYPE vllm:num_requests_running gauge\n"
                        "vllm:num_requests_running{engine=\"0\",model_name=\"m\"} %llu\n"
                        "# TYPE vllm:num_requests_waiting gauge\n"
                        "vllm:num_requests_waiting{engine=\"0\",model_name=\"m\"} %llu\n",
                        (unsigned long long)server->running, (unsigned long long)server->waiting.count);
  struct MHD_Response *response =
      MHD_create_response_from_buffer((size_t)length, text, MHD_RESPMEM_MUST_COPY);
  if (response == NULL) return MHD_NO;
  MHD_add_response_header(response, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
  MHD_destroy_response(response);
  return result;
}

static uint64_t query_number(struct MHD_Connection *connection, const char *name, uint64_t otherwise) {
  const char *text = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
  return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

static enum MHD_Result answer_chat(struct route_context *route, struct MHD_Connection *connection,
                                   const struct chat_body *body) {
  const char *limit = strstr(body->text, "\"max_tokens\":");
  const char *stream = strstr(body->text, "\"stream\":");
  if (stream == NULL || strncmp(stream + strlen("\"stream\":"), "true", 4) != 0) {
    return MHD_queue_response(connection, MHD_HTTP_OK, completion_response);
  }
  uint64_t tokens = limit != NULL ? strtoull(limit + strlen("\"max_tokens\":"), NULL, 10) : 16;
  return stream_answer(route->server, route->daemon, connection, tokens, route->server->options.gap_ns);
}

static enum MHD_Result answer(struct route_context *route, struct MHD_Connection *connection, const char *path,
                              const char *version, const struct chat_body *chat) {
  bool chunked = strcmp(version, MHD_HTTP_VERSION_1_1) == 0;
  if (strcmp(path, "/v1/completions") == 0) {
    return MHD_queue_response(connection, MHD_HTTP_OK, completion_response);
  }
  if (strcmp(path, "/metrics") == 0) return answer_metrics(route->server, connection);
  if (strcmp(path, "/health") == 0) return MHD_queue_response(connection, MHD_HTTP_OK, healthy_response);
  if (!chunked) return MHD_queue_response(connection, MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED, version_response);
  if (chat != NULL) return answer_chat(route, connection, chat);
  if (strcmp(path, "/stream") == 0) {
    return stream_answer(route->server, route->daemon, connection, query_number(connection, "n", 128),
                         query_number(connection, "gap_us", 0) * 1000);
  }
  return MHD_queue_response(connection, MHD_HTTP_NOT_FOUND, missing_response);
}

enum MHD_Result route(void *context, struct MHD_Connection *connection, const char *path, const char *method,
                      const char *version, const char *body, size_t *body_size, void **state) {
  (void)method;
  if (*state == NULL) {
    bool chat = strcmp(path, "/v1/chat/completions") == 0;
    *state = chat ? calloc(1, sizeof(struct chat_body)) : &dropped_body;
    return *state != NULL ? MHD_YES : MHD_NO;
  }
  struct chat_body *chat = *state == &dropped_body ? NULL : *state;
  if (*body_size == 0) return answer(context, connection, path, version, chat);
  if (chat != NULL) {
    size_t room = sizeof chat->text - 1 - chat->length;
    size_t kept = *body_size < room ? *body_size : room;
    memcpy(chat->text + chat->length, body, kept);
    chat->length += kept;
  }
  *body_size = 0;
  return MHD_YES;
}

void route_completed(void *context, struct MHD_Connection *connection, void **state,
                     enum MHD_RequestTerminationCode code) {
  (void)context, (void)connection, (void)code;
  if (*state != &dropped_body) free(*state);
  *state = NULL;
}
