import ArgumentParser

/// What happens when the queue is full.
struct AdmissionOptions: ParsableArguments {
  @Option(help: "vLLM's limit on waiting requests: as --max-waiting-queue-length, but a full queue answers 503.")
  var maxNumQueuedReqs: Int?

  @Option(help: "Status of a request that finds the queue full: 429 or 503. Default: 429.")
  var queueFullStatus: Int?
}
