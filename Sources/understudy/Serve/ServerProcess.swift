import Glibc
import HTTPServer
import Logging
import ModelServer

/// The life of a serving process: start, ready, signals, drain, exit.
enum ServerProcess {
  /// Serves until a signal has ended the server. Throws a `LaunchError` when it cannot start.
  static func run(_ configuration: ServerConfiguration, _ options: LaunchOptions) throws(LaunchError) {
    let logger = Logger(label: "understudy") { _ in
      LineLogHandler(level: options.logLevel, format: options.logFormat)
    }
    for note in options.notes {
      logger.log(level: Logger.Level(rawValue: note.level.rawValue) ?? .info, "\(note.text)")
    }
    logger.info(
      "effective configuration",
      metadata: ["configuration": "\(EffectiveConfiguration(configuration: configuration, options: options).json)"])
    raiseFileLimit()
    // Blocked before any thread starts, so that signals reach only the wait below.
    let signals = TerminationSignals()

    let server: ModelServer
    do {
      server = try ModelServer(configuration, logger: logger)
    } catch {
      throw LaunchError("\(error)", status: LaunchError.runtime)
    }
    logger.info("ready", metadata: ["url": "\(server.url)"])
    if options.printReadyJSON { announce(server) }

    signals.wait()
    drain(server, signals, configuration, logger)
    server.stop()
  }

  /// Lets running streams finish within the grace period; a second signal ends the process at once.
  private static func drain(
    _ server: ModelServer, _ signals: TerminationSignals, _ configuration: ServerConfiguration, _ logger: Logger
  ) {
    server.beginDraining()
    logger.info("draining", metadata: ["open-requests": "\(server.openRequests)"])
    let deadline = Clock.monotonic + configuration.shutdownGrace.count
    while server.openRequests > 0, Clock.monotonic < deadline {
      if signals.arrived(within: 10_000_000) {
        logger.warning("second signal: exiting at once", metadata: ["open-requests": "\(server.openRequests)"])
        exit(1)
      }
    }
    if server.openRequests > 0 {
      logger.warning("grace period is over", metadata: ["open-requests": "\(server.openRequests)"])
    }
  }

  private static func announce(_ server: ModelServer) {
    var line = #"{"ready":true,"url":"\#(server.url)""#
    if case .tcp(_, let port) = server.address { line += #","port":\#(port)"# }
    line += "}\n"
    _ = line.withCString { write(STDOUT_FILENO, $0, strlen($0)) }
  }

  /// A connection is a descriptor, and the usual soft limit of 1,024 is far below what one process can carry.
  private static func raiseFileLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}

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
