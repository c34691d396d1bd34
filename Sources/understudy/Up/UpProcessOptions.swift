import ArgumentParser

/// How the process of `up` logs, starts and stops; as with `serve`.
struct UpProcessOptions: ParsableArguments {
  @Option(help: "trace, debug, info, notice, warning, error or critical. Default: info.")
  var logLevel: String?

  @Option(help: "text or json. Default: text.")
  var logFormat: String?

  @Option(parsing: .unconditional, help: "Seconds that running requests may go on after SIGTERM. Default: 30.")
  var shutdownTimeout: String?

  @Flag(help: "Print one JSON line with the URLs to standard output when ready.")
  var printReadyJson = false
}
