// libcurl for Swift: its variadic functions, which Swift cannot call, as fixed functions.
#pragma once

// The checks are macros around the variadic calls; here every argument's type is fixed by a parameter.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/// Call once before everything else.
static inline bool understudy_curl_start(void) { return CURLE_OK == curl_global_init(CURL_GLOBAL_DEFAULT); }

/// What stays the same for all requests of a handle. `error` has room for CURL_ERROR_SIZE bytes and lives as long as
/// the handle.
struct understudy_easy_options {
  curl_write_callback head;
  curl_write_callback body;
  char *error;
  long connect_timeout_ms;
  /// Asks the peer after so many seconds of silence whether it is still there; 0: never.
  long keep_alive_s;
  /// Paths of PEM files: whom to trust instead of the system's authorities, and what to show to servers. NULL: none.
  const char *authorities;
  const char *certificate;
  const char *key;
};

/// A handle for plain HTTP/1.1: no signals, redirects, cookies, decompression, proxies of the environment, or paths
/// made canonical.
static inline CURL *understudy_easy_create(const struct understudy_easy_options *o) {
  CURL *easy = curl_easy_init();
  if (NULL == easy) return NULL;
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
  curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  // curl walks over all remembered names after every request. Kept connections need none, and new ones get fresh ones.
  curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, o->connect_timeout_ms);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, o->head);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, o->body);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, o->error);
  if (o->keep_alive_s > 0) {
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, o->keep_alive_s);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, o->keep_alive_s);
  }
  CURLcode code = CURLE_OK;
  if (NULL != o->authorities) {
    code = curl_easy_setopt(easy, CURLOPT_CAINFO, o->authorities);
    // The system's folder of authorities would be trusted beside the file.
    if (CURLE_OK == code) code = curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
  }
  if (CURLE_OK == code && NULL != o->certificate) code = curl_easy_setopt(easy, CURLOPT_SSLCERT, o->certificate);
  if (CURLE_OK == code && NULL != o->key) code = curl_easy_setopt(easy, CURLOPT_SSLKEY, o->key);
  if (CURLE_OK == code) return easy;
  curl_easy_cleanup(easy);
  return NULL;
}

/// What makes and closes the sockets of a handle's connections in curl's place.
struct understudy_socket_options {
  curl_opensocket_callback open;
  curl_closesocket_callback close;
  void *context;
};

/// `o->context` must outlive the connections, not only the handle.
static inline void understudy_easy_set_sockets(CURL *easy, const struct understudy_socket_options *o) {
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, o->open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, o->context);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, o->close);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, o->context);
}

/// A socket for an address that curl wants to connect to; negative when the system refuses.
static inline curl_socket_t understudy_open_socket(const struct curl_sockaddr *address) {
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/// Says what the callbacks are given, and `understudy_easy_context` returns.
static inline void understudy_easy_bind(CURL *easy, void *context) {
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, context);
}

enum understudy_request_kind { understudy_request_get, understudy_request_head, understudy_request_with_body };

/// What differs between the requests of a handle. `headers` must live as long as the request, all else is copied.
struct understudy_easy_request {
  const char *url;
  enum understudy_request_kind kind;
  /// The method when the kind does not say it; else NULL.
  const char *method;
  const void *body;
  size_t body_size;
  struct curl_slist *headers;
  /// For the whole request; 0: none.
  long timeout_ms;
  bool accepts_any_certificate;
};

/// Makes the handle ready for a request; the first thing that curl refuses is returned.
static inline CURLcode understudy_easy_set(CURL *easy, const struct understudy_easy_request *r) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, r->url);
  if (CURLE_OK == code) code = curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, r->method);
  if (CURLE_OK != code) return code;
  // This also undoes what an earlier request has set.
  curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  if (understudy_request_head == r->kind) curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  if (understudy_request_with_body == r->kind) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_size);
    code = curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, r->body_size > 0 ? r->body : "");
    if (CURLE_OK != code) return code;
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, r->headers);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, r->timeout_ms);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, r->accepts_any_certificate ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, r->accepts_any_certificate ? 0L : 2L);
  return CURLE_OK;
}

/// Lets go of the copy of the request's body and of its headers.
static inline void understudy_easy_release_request(CURL *easy) {
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
}

/// The context that the handle was bound to.
static inline void *understudy_easy_context(CURL *easy) {
  char *context = NULL;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &context);
  return context;
}

/// Called for sockets and timers of a multi handle.
struct understudy_multi_options {
  curl_socket_callback socket;
  curl_multi_timer_callback timer;
  void *context;
};

/// A multi handle that is driven by socket actions.
static inline CURLM *understudy_multi_create(const struct understudy_multi_options *o) {
  CURLM *multi = curl_multi_init();
  if (NULL == multi) return NULL;
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, o->socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, o->context);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, o->timer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, o->context);
  return multi;
}

/// How many connections are kept at most, idle and busy ones together.
static inline void understudy_multi_limit_connections(CURLM *multi, long count) {
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, count);
}

/// The next request that has ended: its handle and how, or NULL.
static inline CURL *understudy_multi_next_ended(CURLM *multi, CURLcode *result) {
  int left = 0;
  for (CURLMsg *message; NULL != (message = curl_multi_info_read(multi, &left));) {
    if (CURLMSG_DONE != message->msg) continue;
    *result = message->data.result;
    return message->easy_handle;
  }
  return NULL;
}

// Declared here: defining _GNU_SOURCE would change the system headers that other modules share.
extern int memfd_create(const char *name, unsigned int flags);

/// A file that lives in memory only, with `size` bytes of content; negative when the system refuses.
static inline int understudy_memory_file(const void *content, size_t size) {
  int fd = memfd_create("understudy", 1 /* MFD_CLOEXEC */);
  for (size_t done = 0; fd >= 0 && done < size;) {
    ssize_t count = write(fd, (const char *)content + done, size - done);
    if (count > 0) {
      done += (size_t)count;
      continue;
    }
    close(fd);
    return -1;
  }
  return fd;
}

static const size_t understudy_curl_error_size = CURL_ERROR_SIZE;
static const size_t understudy_curl_pause = CURL_WRITEFUNC_PAUSE;
static const int understudy_curl_pause_receiving = CURLPAUSE_RECV;
static const int understudy_curl_pause_nothing = CURLPAUSE_CONT;
static const curl_socket_t understudy_curl_timeout = CURL_SOCKET_TIMEOUT;
static const int understudy_curl_readable = CURL_CSELECT_IN;
static const int understudy_curl_writable = CURL_CSELECT_OUT;
static const int understudy_curl_failed = CURL_CSELECT_ERR;
static const int understudy_curl_poll_in = CURL_POLL_IN;
static const int understudy_curl_poll_out = CURL_POLL_OUT;
static const int understudy_curl_poll_inout = CURL_POLL_INOUT;
