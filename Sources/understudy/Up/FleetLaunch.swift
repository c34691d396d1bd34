import Fleet
import Simulation

/// What a process with a fleet in it is to do.
protocol FleetLaunch: Sendable {
  var fleet: FleetConfiguration { get }
  var logLevel: LogLevel { get }
  var logFormat: LogFormat { get }
  /// How long running requests may go on after SIGTERM.
  var shutdownGrace: Nanoseconds { get }
  /// Print one JSON line with the addresses to standard output when ready.
  var printReadyJSON: Bool { get }
  /// What the log should say about the flags.
  var notes: [LaunchNote] { get }
}
