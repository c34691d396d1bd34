import EndpointPicking
import JSON
import Synchronization

@testable import Fleet

/// A load that a test sets.
final class SettableLoad: LoadSource {
  private let state = Mutex((revision: UInt64(1), metrics: EndpointMetrics(), reads: 0))
  let isScraped: Bool

  init(waiting: Int = 0, isScraped: Bool = false) {
    self.isScraped = isScraped
    set { $0.waiting = waiting }
  }

  var revision: UInt64 { state.withLock { $0.revision } }
  var reads: Int { state.withLock { $0.reads } }

  func metrics(at now: Int64) -> EndpointMetrics {
    state.withLock { state in
      state.reads += 1
      return state.metrics
    }
  }

  func set(_ change: (inout EndpointMetrics) -> Void) {
    state.withLock { state in
      change(&state.metrics)
      state.revision += 1
    }
  }
}

/// Model names that a test sets.
final class SettableModels: ModelSource {
  private let state: Mutex<(revision: UInt64, names: Set<String>, questions: Int)>

  init(_ names: Set<String>) { state = Mutex((1, names, 0)) }

  var modelsRevision: UInt64 { state.withLock { $0.revision } }
  var questions: Int { state.withLock { $0.questions } }

  func serves(_ model: String) -> Bool {
    state.withLock { state in
      state.questions += 1
      return state.names.contains(model)
    }
  }

  func set(_ names: Set<String>) {
    state.withLock { state in
      state.names = names
      state.revision += 1
    }
  }
}

/// Builders for the tests of one pool's picker.
enum Picking {
  static let millisecond: Int64 = 1_000_000

  /// Endpoint number `index`, whose token is `index` too.
  static func endpoint(
    _ index: Int, load: (any LoadSource)? = SettableLoad(), models: (any ModelSource)? = nil
  ) -> PickableEndpoint {
    let endpoint = Endpoint(
      id: EndpointID(namespace: "default", name: "pod-\(index)"), address: "10.0.\(index / 250).\(index % 250 + 1)",
      port: 8_000)
    return PickableEndpoint(endpoint, load: load, models: models, token: index)
  }

  static func picker(
    _ endpoints: [PickableEndpoint], configuration: SchedulerConfiguration = SchedulerConfiguration(),
    staleness: Int64? = nil, log: PickLog? = nil, at now: Int64 = 0
  ) -> PoolPicker {
    let picker = PoolPicker(
      pool: PoolID(namespace: "default", name: "pool"), configuration: configuration, staleness: staleness, seed: 1,
      log: log)
    picker.setEndpoints(endpoints, at: now)
    return picker
  }

  static func request(_ model: String = "m", priority: Int = 0, prompt: String = "") -> PickRequest {
    var request = PickRequest(id: "id", model: model)
    request.priority = priority
    request.prefixText = Array(prompt.utf8)
    return request
  }

  /// Flow control over `concurrency-detector`, so that saturation follows picks alone.
  static func flowControl(
    maxConcurrency: Int = 1, fields: [ConfigurationNode.Field] = []
  ) throws -> SchedulerConfiguration {
    try SchedulerConfiguration([
      "apiVersion": "inference.networking.x-k8s.io/v1alpha1", "kind": "EndpointPickerConfig",
      "featureGates": ["flowControl"],
      "plugins": [
        ["type": "queue-scorer"],
        [
          "type": "concurrency-detector",
          "parameters": ["maxConcurrency": ConfigurationNode(.int(maxConcurrency))],
        ],
      ],
      "saturationDetector": ["pluginRef": "concurrency-detector"],
      "flowControl": ConfigurationNode(.object(fields)),
    ])
  }

  /// Calls `body` with the root of a JSON text.
  static func withJSON<Result>(_ text: String, _ body: (JSONValue) -> Result) throws -> Result {
    var text = text
    return try text.withUTF8 { bytes in
      try JSONParser().parse(UnsafeRawBufferPointer(bytes)).withRoot(body)
    }
  }
}

extension PoolPicker {
  /// The token of the endpoint that is chosen now; nil when none is. The request counts as finished.
  func choice(_ request: PickRequest = Picking.request(), subset: SubsetHint? = nil, at now: Int64 = 0) -> Int? {
    guard case .success(let picked) = pick(request, subset: subset, at: now).result else { return nil }
    finished(picked.ticket)
    return picked.token
  }

  /// The tokens that many picks come to.
  func choices(_ request: PickRequest = Picking.request(), subset: SubsetHint? = nil) -> Set<Int?> {
    Set((0..<64).map { _ in choice(request, subset: subset) })
  }
}
