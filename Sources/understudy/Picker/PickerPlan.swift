import EndpointPicking
import Fleet
import Simulation

/// What `understudy epp` is to run. Pure: files and environment are handed in.
struct PickerPlan: FleetLaunch {
  var fleet = FleetConfiguration()
  var logLevel: LogLevel
  var logFormat: LogFormat
  var shutdownGrace = Nanoseconds.seconds(30)
  var printReadyJSON: Bool
  var notes: [LaunchNote]

  /// Variables of the environment that count.
  static let variables = [
    "NAMESPACE", "POD_NAME", "HOSTNAME", "HOME", "KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT",
  ]

  /// Checks what a command was given.
  ///
  /// - Parameters:
  ///   - options: the flags.
  ///   - environment: `variables`, as far as they are set.
  ///   - filesOnly: no API server is to be asked.
  ///   - notes: what there is to say about the words already.
  ///   - readFile: gives the text of `--config-file`'s file.
  init(
    _ options: PickerOptions, environment: [String: String], filesOnly: Bool = false, notes: [LaunchNote] = [],
    readFile: (String) throws(LaunchError) -> String
  ) throws(LaunchError) {
    fleet.hasFrontDoor = false
    // Of several series of one metric the newest counts, as upstream.
    fleet.scraping.combination = .newest
    fleet.simulatesPods = false
    try options.picking.fill(&fleet, readFile: readFile)
    try options.sources.fill(
      &fleet, grpcPort: options.listeners.grpcPort, environment: environment, filesOnly: filesOnly)
    try options.listeners.fill(&fleet)
    try options.metrics.fill(&fleet)
    fleet.scraping.take(fleet.scheduler.metrics)
    logLevel = try options.process.level()
    logFormat = try options.process.format()
    shutdownGrace = try FlagText.goSpan("drain-timeout", options.process.drainTimeout) ?? shutdownGrace
    printReadyJSON = options.process.printReadyJson
    self.notes =
      notes + options.sources.notes + options.listeners.notes + options.metrics.notes(on: fleet)
  }
}
