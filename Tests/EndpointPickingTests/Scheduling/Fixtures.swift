@testable import EndpointPicking
import Simulation

/// Pod `i` as in the hermetic tables of GIE v1.5: `192.168.1.(i+1):8000`.
func pod(
  _ index: Int, waiting: Int = 0, kv: Double = 0, models: [String] = [], labels: [String: String] = [:],
  change: (inout EndpointMetrics) -> Void = { _ in }
) -> Endpoint {
  var metrics = EndpointMetrics()
  metrics.waiting = waiting
  metrics.kvUsage = kv
  metrics.activeAdapters = Set(models)
  change(&metrics)
  return Endpoint(
    id: EndpointID(namespace: "default", name: "pod-\(index)"), address: "192.168.1.\(index + 1)", port: 8_000,
    labels: labels, metrics: metrics)
}

/// A request with a prompt.
func request(_ prompt: String = "", model: String = "m", headers: [String: String] = [:]) -> PickRequest {
  var request = PickRequest(id: "id", model: model)
  request.prefixText = Array(prompt.utf8)
  request.bodyBytes = prompt.utf8.count
  request.headers = headers
  return request
}

/// A configuration of plugins and profiles.
func configuration(
  _ plugins: ConfigurationNode, profiles: ConfigurationNode? = nil
) throws(ConfigurationError) -> SchedulerConfiguration {
  var fields: [ConfigurationNode.Field] = [
    .init(key: "apiVersion", value: "inference.networking.x-k8s.io/v1alpha1"),
    .init(key: "kind", value: "EndpointPickerConfig"), .init(key: "plugins", value: plugins),
  ]
  if let profiles { fields.append(.init(key: "schedulingProfiles", value: profiles)) }
  return try SchedulerConfiguration(ConfigurationNode(.object(fields)))
}

/// What a filter or scorer looks at.
func context(
  _ endpoints: [Endpoint], _ request: PickRequest = request(), learned: LearnedState = LearnedState(),
  held: [Int32] = [], blocks: Int = 0, now: Int64 = 0
) -> PickContext {
  var hashes = PrefixHashes.none
  hashes.blockTokens = 16
  hashes.blocks = Array(repeating: 1, count: blocks)
  return PickContext(
    request: request, snapshot: Snapshot(endpoints, handles: Array(endpoints.indices)),
    prefix: PrefixMatch(hashes: hashes, held: held), learned: learned, now: now)
}

/// What a scorer says of all endpoints, unclamped.
func scores(_ scorer: some Scorer, _ context: PickContext) -> [Double] {
  let candidates = Array(0..<context.snapshot.count)
  var scores = [Double](repeating: 0, count: candidates.count)
  scorer.score(candidates, context, into: &scores)
  return scores
}

/// The indexes that a filter keeps of all endpoints.
func kept(_ filter: some Filter, _ context: PickContext) -> [Int] {
  var candidates = Array(0..<context.snapshot.count)
  var generator = SplitMix64(seed: 1)
  filter.filter(&candidates, context, using: &generator)
  return candidates
}

/// Whether two lists of numbers are equal but for rounding.
func near(_ a: [Double], _ b: [Double]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-9 }
}

extension Scheduler {
  /// The index of the chosen endpoint.
  func choice(
    _ request: PickRequest, _ snapshot: Snapshot, subset: [Int]? = nil, at now: Int64 = 0, seed: UInt64 = 1
  ) -> Int? {
    var generator = SplitMix64(seed: seed)
    return try? pick(request, candidates: snapshot, subset: subset, at: now, using: &generator).result.get()
      .targets[0].index
  }

  /// The pick itself.
  func decision(_ request: PickRequest, _ snapshot: Snapshot, subset: [Int]? = nil, seed: UInt64 = 1) throws -> Pick {
    var generator = SplitMix64(seed: seed)
    return try pick(request, candidates: snapshot, subset: subset, at: 0, using: &generator).result.get()
  }
}
