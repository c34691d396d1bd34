internal import EndpointPicking
internal import Synchronization

/// The load of a replica's engine as its loop publishes it: relaxed stores of the values, then of the revision.
final class PublishedLoad: Sendable {
  private let running = Atomic<Int>(0)
  private let waiting = Atomic<Int>(0)
  private let published = Atomic<UInt64>(0)

  /// Changes whenever `metrics` may have.
  var revision: UInt64 { published.load(ordering: .acquiring) }

  /// Publishes another load.
  func set(running: Int, waiting: Int) {
    self.running.store(running, ordering: .relaxed)
    self.waiting.store(waiting, ordering: .relaxed)
    published.store(published.load(ordering: .relaxed) &+ 1, ordering: .releasing)
  }

  /// The load as last published.
  var metrics: EndpointMetrics {
    var metrics = EndpointMetrics()
    metrics.running = running.load(ordering: .relaxed)
    metrics.waiting = waiting.load(ordering: .relaxed)
    metrics.kvUsage = Double(metrics.running) / 256
    metrics.maxAdapters = 4
    metrics.blockSize = 16
    metrics.blocks = 2_048
    return metrics
  }
}

/// A replica as pickers see it: like the fleet's own, with a list of engines and a list of models behind references.
final class ReplicaStandIn: LoadSource, ModelSource {
  private let loads: [PublishedLoad]
  private let names: Set<String>
  private let changes = Atomic<UInt64>(1)

  init(_ load: PublishedLoad, serving names: Set<String>) {
    loads = [load]
    self.names = names
  }

  var revision: UInt64 { loads.reduce(1) { $0 &+ $1.revision } }

  func metrics(at now: Int64) -> EndpointMetrics {
    var sum = EndpointMetrics()
    for load in loads {
      let metrics = load.metrics
      sum.running += metrics.running
      sum.waiting += metrics.waiting
      sum.kvUsage = max(sum.kvUsage, metrics.kvUsage)
      sum.maxAdapters += metrics.maxAdapters
      sum.blockSize = metrics.blockSize
      sum.blocks += metrics.blocks
    }
    return sum
  }

  var modelsRevision: UInt64 { changes.load(ordering: .acquiring) }
  func serves(_ model: String) -> Bool { names.contains(model) }
}
