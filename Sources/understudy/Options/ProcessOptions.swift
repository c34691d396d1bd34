import ArgumentParser

/// How the process starts and stops.
struct ProcessOptions: ParsableArguments {
  @Option(help: "A configuration file: YAML with flags' names as keys, or a models.json.")
  var config: String?

  @Option(help: "/health/ready answers 503 for this long after the start. Default: 0.")
  var startupDuration: Milliseconds?

  @Option(help: "Seconds that running streams may go on after SIGTERM. Default: 30.")
  var shutdownTimeout: Seconds?

  @Flag(inversion: .prefixedNo, help: "Print one JSON line with the URL to standard output when ready.")
  var printReadyJson: Bool?

  @Flag(inversion: .prefixedNo, help: "Skip unknown flags and keys with a warning instead of refusing them.")
  var ignoreUnknownFlags: Bool?

  @Flag(inversion: .prefixedNo, help: "Print the effective configuration as JSON and exit.")
  var dryRun: Bool?
}
