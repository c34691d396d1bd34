import ArgumentParser

/// What happens when the queue is full.
struct AdmissionOptions: ParsableArguments {
  @Option(help: "vLLM's limit on waiting requests: as --max-waiting-queue-length, but a full queue answers 503.")
  var maxNumQueuedReqs: Int?

  @Option(help: "Tokens that waiting requests may have to prefill, for example 100k; beyond it requests get 503.")
  var maxNumQueuedTokens: HumanInteger?

  @Option(help: "Status of a request that finds the queue full: 429 or 503. Default: 429.")
  var queueFullStatus: Int?
}
