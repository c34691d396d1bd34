// start: how long a server takes from exec to its first good answer.
//
//   start --port P [--repetitions N] [--path /health] -- COMMAND ARGUMENT...
//
// Prints {"us":[…]}: one number per repetition, from just before the fork to the first byte of a
// 200. The server is killed after each; a server that does not answer within 10 s is an error.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/arguments.h"
#include "../common/clock.h"

#define PATIENCE (10 * NS_PER_S)
// Long enough to leave the core to the server, short against what is measured.
#define RETRY (50 * NS_PER_US)

struct probe {
  uint16_t port;
  const char *path;
  char **command;
};

static bool answers(const struct probe *probe) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(probe->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  struct timeval patience = {.tv_sec = 1};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  char text[512];
  bool good = false;
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
    int length = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", probe->path);
    good = send(fd, text, (size_t)length, MSG_NOSIGNAL) == length && recv(fd, text, sizeof text, 0) >= 12 &&
           memcmp(text, "HTTP/1.1 200", 12) == 0;
  }
  close(fd);
  return good;
}

static pid_t launch(const struct probe *probe) {
  pid_t child = fork();
  if (child != 0) return child;
  int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDOUT_FILENO);
  dup2(nothing, STDERR_FILENO);
  execv(probe->command[0], probe->command);
  _exit(127);
}

/// Nanoseconds from fork to answer; 0 when there was none.
static uint64_t measure(const struct probe *probe) {
  uint64_t begin = clock_ns(CLOCK_MONOTONIC), end = 0;
  pid_t child = launch(probe);
  if (child < 0) return 0;
  const struct timespec retry = ns_timespec(RETRY);
  while (clock_ns(CLOCK_MONOTONIC) - begin < PATIENCE) {
    if (answers(probe)) {
      end = clock_ns(CLOCK_MONOTONIC);
      break;
    }
    if (waitpid(child, NULL, WNOHANG) == child) return 0;
    nanosleep(&retry, NULL);
  }
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  return end > begin ? end - begin : 0;
}

int main(int count, char **words) {
  struct probe probe = {.path = "/health"};
  uint64_t repetitions = 20;
  int i = 1;
  for (; i + 1 < count && strcmp(words[i], "--") != 0; i += 2) {
    if (strcmp(words[i], "--port") == 0) probe.port = (uint16_t)argument_number(words[i], words[i + 1], UINT16_MAX);
    else if (strcmp(words[i], "--repetitions") == 0) repetitions = argument_number(words[i], words[i + 1], 10000);
    else if (strcmp(words[i], "--path") == 0) probe.path = words[i + 1];
    else break;
  }
  if (probe.port == 0 || i + 1 >= count || strcmp(words[i], "--") != 0) {
    fputs("usage: start --port P [--repetitions N] [--path PATH] -- COMMAND ARGUMENT...\n", stderr);
    return 2;
  }
  probe.command = words + i + 1;
  printf("{\"us\":[");
  for (uint64_t repetition = 0; repetition < repetitions; repetition++) {
    uint64_t taken = measure(&probe);
    if (taken == 0) {
      fprintf(stderr, "start: %s gave no answer on port %u\n", basename(probe.command[0]), probe.port);
      return 1;
    }
    printf("%s%.1f", repetition > 0 ? "," : "", (double)taken / NS_PER_US);
  }
  printf("]}\n");
  return 0;
}
