internal import HTTPServer
public import Prometheus

/// What a hosted server has counted since its start, in the few numbers that a live view needs.
public struct ServerTally: Sendable, Equatable {
  /// Inference requests that were answered, whatever with.
  public var requests: UInt64 = 0
  /// Those of `requests` that were answered with a status of 400 and above, or whose client left.
  public var errors: UInt64 = 0
  /// Generated tokens.
  public var tokens: UInt64 = 0
  /// `vllm:time_to_first_token_seconds` of all engines.
  public var timeToFirstToken = Histogram(EngineBuckets.timeToFirstToken)
  /// `vllm:inter_token_latency_seconds` of all engines.
  public var interTokenLatency = Histogram(EngineBuckets.interTokenLatency)

  /// Nothing yet.
  public init() {}
}

extension HostedLoop {
  /// Adds what this loop has counted: its requests, and the work of the engines that live here.
  public func add(to tally: inout ServerTally) { application.add(to: &tally) }
}

extension LoopApplication {
  fileprivate func add(to tally: inout ServerTally) {
    for route in [Route.chatCompletions, .completions] {
      let (requests, errors) = httpMetrics.responses(of: route.rawValue)
      tally.requests &+= requests
      tally.errors &+= errors
    }
    for case let host? in hosts {
      tally.tokens &+= host.metrics.generationTokens.value
      tally.timeToFirstToken.merge(host.metrics.histograms[.timeToFirstToken])
      tally.interTokenLatency.merge(host.metrics.histograms[.interTokenLatency])
    }
  }
}

extension HTTPMetrics {
  /// How many POSTs to a route were answered, and how many of them with a status of 400 and above.
  func responses(of handler: Int) -> (all: UInt64, errors: UInt64) {
    let handler = handlers.position(of: handler)
    guard let cell = cells.first(where: { $0.handler == handler && $0.method == .post }) else { return (0, 0) }
    let errors = cell.statuses[3].value &+ cell.statuses[4].value
    return (cell.statuses.reduce(0) { $0 &+ $1.value }, errors)
  }
}
