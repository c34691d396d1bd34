// libmicrohttpd for Swift: its variadic functions and pointer macros, which Swift cannot call, as fixed functions.
#pragma once

#include <microhttpd.h>
#include <stdarg.h>
#include <stddef.h>
#include <strings.h>

/// Everything Understudy sets on a daemon. A NULL `tls_key` means plain HTTP.
struct understudy_daemon_options {
  MHD_AccessHandlerCallback handler;
  MHD_RequestCompletedCallback completed;
  MHD_NotifyConnectionCallback connection_changed;
  void *context;
  size_t connection_memory_limit;
  unsigned int connection_limit;
  unsigned int inactivity_timeout_seconds;
  const char *tls_key;
  const char *tls_certificate;
};

static void understudy_discard_log(void *context, const char *format, va_list arguments) {
  (void)context;
  (void)format;
  (void)arguments;
}

/// Starts a daemon without a socket or a thread of its own, to be driven by MHD_run.
static inline struct MHD_Daemon *understudy_start_daemon(const struct understudy_daemon_options *o) {
  unsigned int flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO | MHD_USE_NO_LISTEN_SOCKET;
  // TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only.
  static const char priorities[] =
      "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:"
      "-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:-MAC-ALL:+AEAD";
  struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)priorities},
                                 {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)o->tls_key},
                                 {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)o->tls_certificate},
                                 {MHD_OPTION_END, 0, NULL}};
  struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
  if (NULL != o->tls_key) flags |= MHD_USE_TLS;
  return MHD_start_daemon(flags, 0, NULL, NULL, o->handler, o->context,
                          MHD_OPTION_EXTERNAL_LOGGER, &understudy_discard_log, NULL,
                          MHD_OPTION_NOTIFY_COMPLETED, o->completed, o->context,
                          MHD_OPTION_NOTIFY_CONNECTION, o->connection_changed, o->context,
                          MHD_OPTION_CONNECTION_MEMORY_LIMIT, o->connection_memory_limit,
                          MHD_OPTION_CONNECTION_LIMIT, o->connection_limit,
                          MHD_OPTION_CONNECTION_TIMEOUT, o->inactivity_timeout_seconds,
                          MHD_OPTION_STRICT_FOR_CLIENT, 1,
                          MHD_OPTION_ARRAY, NULL != o->tls_key ? tls : plain, MHD_OPTION_END);
}

/// The epoll descriptor of a daemon, or -1.
static inline int understudy_daemon_epoll_fd(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
  return NULL == info ? -1 : info->epoll_fd;
}

/// The socket of a connection, or -1.
static inline int understudy_connection_fd(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return NULL == info ? -1 : info->connect_fd;
}

/// The daemon that a connection belongs to.
static inline struct MHD_Daemon *understudy_connection_daemon(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_DAEMON);
  return NULL == info ? NULL : info->daemon;
}

static enum MHD_Result understudy_count_length_header(void *context, enum MHD_ValueKind kind, const char *name,
                                                      const char *value) {
  (void)kind;
  (void)value;
  // Both names are 14 and 17 letters long; the first letter tells most others apart.
  if (((name[0] | 32) == 'c' && 0 == strcasecmp(name, "content-length")) ||
      ((name[0] | 32) == 't' && 0 == strcasecmp(name, "transfer-encoding")))
    ++*(int *)context;
  return MHD_YES;
}

/// How many headers of the request say how long its body is.
static inline int understudy_count_length_headers(struct MHD_Connection *connection) {
  int count = 0;
  MHD_get_connection_values(connection, MHD_HEADER_KIND, &understudy_count_length_header, &count);
  return count;
}

/// A header of the request by name and length, or NULL; `length` receives the value's length.
static inline const char *understudy_header(struct MHD_Connection *connection, const char *name, size_t name_length,
                                            size_t *length) {
  const char *value = NULL;
  if (MHD_YES != MHD_lookup_connection_value_n(connection, MHD_HEADER_KIND, name, name_length, &value, length))
    return NULL;
  return value;
}

static inline const char *understudy_query_argument(struct MHD_Connection *connection, const char *name,
                                                    size_t name_length, size_t *length) {
  const char *value = NULL;
  if (MHD_YES != MHD_lookup_connection_value_n(connection, MHD_GET_ARGUMENT_KIND, name, name_length, &value, length))
    return NULL;
  return value;
}

/// A response whose body is copied.
static inline struct MHD_Response *understudy_response_copy(const void *body, size_t size) {
  return MHD_create_response_from_buffer(size, (void *)body, MHD_RESPMEM_MUST_COPY);
}
