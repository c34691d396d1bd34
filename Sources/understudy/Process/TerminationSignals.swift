import Glibc

/// SIGTERM and SIGINT, taken by waiting instead of by a handler.
struct TerminationSignals {
  private var set = sigset_t()

  init() {
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits for a signal.
  func wait() {
    var set = set
    var signal: Int32 = 0
    while sigwait(&set, &signal) != 0 {}
  }

  /// True when a signal comes within `nanoseconds`, which are less than a second.
  func arrived(within nanoseconds: Int) -> Bool {
    var set = set
    var timeout = timespec(tv_sec: 0, tv_nsec: nanoseconds)
    return sigtimedwait(&set, nil, &timeout) > 0
  }
}
