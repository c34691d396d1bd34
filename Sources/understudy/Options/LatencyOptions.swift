import ArgumentParser

/// The delays of a model: Go durations (250us, 30ms, 1.5s) or plain milliseconds, 0 unless given.
struct LatencyOptions: ParsableArguments {
  @Option(help: "constant or per-token. Default: constant when a time to first token is given, else per token.")
  var latencyCalculator: String?

  @Option(help: "Time to first token.")
  var timeToFirstToken: Milliseconds?

  @Option(help: "Its standard deviation, at most 30 % of it.")
  var timeToFirstTokenStdDev: Milliseconds?

  @Option(help: "Time between two tokens.")
  var interTokenLatency: Milliseconds?

  @Option(help: "Its standard deviation, at most 30 % of it.")
  var interTokenLatencyStdDev: Milliseconds?

  @Option(help: "Constant part of a prefill (per-token calculator).")
  var prefillOverhead: Milliseconds?

  @Option(help: "Prefill time for each prompt token that is not cached (per-token calculator).")
  var prefillTimePerToken: Milliseconds?

  @Option(help: "Standard deviation of the prefill time (per-token calculator).")
  var prefillTimeStdDev: Milliseconds?

  @Option(help: "Time to first token when the prefill was remote (constant calculator).")
  var kvCacheTransferLatency: Milliseconds?

  @Option(help: "Its standard deviation, at most 30 % of it.")
  var kvCacheTransferLatencyStdDev: Milliseconds?

  @Option(help: "Transfer time for each prompt token when the prefill was remote (per-token calculator).")
  var kvCacheTransferTimePerToken: Milliseconds?

  @Option(help: "Standard deviation of the transfer time (per-token calculator).")
  var kvCacheTransferTimeStdDev: Milliseconds?

  @Option(help: "Factor on delays when all --max-num-seqs run; 1 or more. Default: 1.")
  var timeFactorUnderLoad: Double?
}
