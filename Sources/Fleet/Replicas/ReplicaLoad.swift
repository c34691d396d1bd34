internal import EndpointPicking
internal import ModelServer

/// What a picker reads of a replica: its engines' loads, as they publish them, and the names that it serves.
final class ReplicaLoad: LoadSource, ModelSource {
  private let server: HostedServer
  private let loads: [PublishedLoad]

  init(_ server: HostedServer) {
    self.server = server
    loads = server.loads
  }

  /// The sum of the engines' revisions, each of which only grows.
  var revision: UInt64 { loads.reduce(1) { $0 &+ $1.revision } }

  /// Of several engines the sum of requests and adapters, and the fullest KV cache.
  func metrics(at now: Int64) -> EndpointMetrics {
    var metrics = EndpointMetrics()
    for load in loads {
      let reading = load.reading
      metrics.running += reading.running
      metrics.waiting += reading.waiting
      metrics.kvUsage = max(metrics.kvUsage, reading.kvUsage)
      metrics.activeAdapters.formUnion(reading.runningAdapters)
      metrics.waitingAdapters.formUnion(reading.waitingAdapters)
      metrics.maxAdapters += load.maxAdapters
      if metrics.blockSize == 0 { metrics.blockSize = load.blockSize }
      metrics.blocks += load.blocks
    }
    metrics.updatedAt = now
    return metrics
  }

  var modelsRevision: UInt64 { server.modelsRevision }
  func serves(_ model: String) -> Bool { server.serves(model) }
}
