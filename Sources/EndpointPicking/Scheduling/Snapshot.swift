/// The endpoints that picks choose from, as they are at one moment.
///
/// Made by `Scheduler.snapshot(of:at:)` once per change of membership and used for many picks; an endpoint's place in
/// `endpoints` is its index in subsets and results. Loads can be renewed in place. A snapshot belongs to the scheduler
/// that made it: another one knows its endpoints' metrics but nothing it has learned of them.
public struct Snapshot: Sendable {
  /// The endpoints, in the caller's order.
  public private(set) var endpoints: [Endpoint]

  /// Handles of the endpoints, in their order.
  let handles: [Int]
  /// One more than the highest handle.
  let handleLimit: Int
  /// The stages that each endpoint's role label covers.
  let stages: [StageSet]
  /// Requests waiting, running, and the used share of the KV cache, in columns for scorers.
  private(set) var waiting: [Int]
  private(set) var running: [Int]
  private(set) var kvUsage: [Double]
  /// Tokens per KV block as the first endpoint that knows has it; 0 when none does.
  private(set) var blockSize: Int

  init(_ endpoints: [Endpoint], handles: [Int]) {
    self.endpoints = endpoints
    self.handles = handles
    handleLimit = (handles.max() ?? -1) + 1
    stages = endpoints.map { StageSet(label: $0.labels[StageSet.label]) }
    waiting = endpoints.map(\.metrics.waiting)
    running = endpoints.map(\.metrics.running)
    kvUsage = endpoints.map(\.metrics.kvUsage)
    blockSize = endpoints.lazy.map(\.metrics.blockSize).first { $0 > 0 } ?? 0
  }

  /// How many endpoints there are.
  public var count: Int { endpoints.count }

  /// Renews what is known of the load of the endpoint at `index`, in constant time; an index out of range is ignored.
  public mutating func update(_ metrics: EndpointMetrics, at index: Int) {
    guard endpoints.indices.contains(index) else { return }
    endpoints[index].metrics = metrics
    waiting[index] = metrics.waiting
    running[index] = metrics.running
    kvUsage[index] = metrics.kvUsage
    if index == 0 || blockSize == 0, metrics.blockSize > 0 { blockSize = metrics.blockSize }
  }
}
