import ArgumentParser

/// What is logged to standard error.
struct LoggingOptions: ParsableArguments {
  @Option(
    name: [.customShort("v"), .customLong("v")],
    help: "Verbosity as the simulator counts it: 1 warnings, 2 info, 4 debug, 5 trace. Default: 2.")
  var verbosity: Int?

  @Option(help: "trace, debug, info, notice, warning, error or critical. Default: -v, VLLM_LOGGING_LEVEL, info.")
  var logLevel: String?

  @Option(help: "text or json. Default: text.")
  var logFormat: String?

  @Flag(inversion: .prefixedNo, help: "Log requests and answers with their bodies.")
  var logHttp: Bool?
}
