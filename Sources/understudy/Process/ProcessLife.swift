import Fleet
import Glibc
import HTTPServer
import Logging
import ModelServer
import Simulation

/// Something that answers requests until it is told to stop.
protocol DrainableServer {
  /// The number of requests that are still being answered.
  var openRequests: Int { get }

  /// Refuses new work from now on; what runs goes on.
  func beginDraining()

  /// Ends at once; what is still open is cut off.
  func stop()
}

extension ModelServer: DrainableServer {}
extension Fleet: DrainableServer {}

extension LaunchError {
  /// Why a fleet does not start; a line for each object that is wrong.
  init(_ error: FleetError) {
    self.init(
      lines: error.description.split(whereSeparator: \.isNewline).map(String.init), status: LaunchError.runtime)
  }
}

/// The life of a serving process: start, ready, signals, drain, exit.
struct ProcessLife {
  let logger: Logger
  /// How long running requests may go on after SIGTERM or SIGINT.
  let grace: Nanoseconds

  /// Serves until a signal has ended the server.
  ///
  /// - Parameters:
  ///   - start: starts the server; when it returns, connections are accepted. What it throws is thrown.
  ///   - announce: tells whoever waits that the server answers.
  func run<Server: DrainableServer>(
    start: () throws(LaunchError) -> Server, announce: (Server) -> Void
  ) throws(LaunchError) {
    Self.raiseFileLimit()
    // Blocked before any thread starts, so that signals reach only the wait below.
    let signals = TerminationSignals()
    let server = try start()
    announce(server)
    signals.wait()
    drain(server, signals)
    server.stop()
  }

  /// Lets running requests finish within the grace period; a second signal ends the process at once.
  private func drain(_ server: some DrainableServer, _ signals: TerminationSignals) {
    server.beginDraining()
    logger.info("draining", metadata: ["open-requests": "\(server.openRequests)"])
    let deadline = Clock.monotonic + grace.count
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

  /// A connection is a descriptor, and the usual soft limit of 1,024 is far below what one process can carry.
  static func raiseFileLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
