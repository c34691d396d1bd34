/// `utilization-filter` (llm-d-router): endpoints of which each named metric is at most its maximum; when none are left
/// and `fallbackOnEmpty`, all.
struct UtilizationFilter: Filter {
  enum Metric: String, Sendable, CaseIterable {
    case waiting = "WaitingQueueSize"
    case running = "RunningRequestsSize"
    case kvUsage = "KVCacheUsagePercent"
    case inFlightRequests = "InFlightRequests"
    case inFlightTokens = "InFlightTokens"

    /// By its name, in any letter case.
    init?(name: String) {
      guard let metric = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else {
        return nil
      }
      self = metric
    }
  }

  struct Condition: Sendable {
    var metric: Metric
    var maximum: Double
  }

  var conditions: [Condition]
  var fallbackOnEmpty = false

  init(_ conditions: [Condition], fallbackOnEmpty: Bool = false) {
    self.conditions = conditions
    self.fallbackOnEmpty = fallbackOnEmpty
  }

  init(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow(["conditions", "fallbackOnEmpty"])
    fallbackOnEmpty = try parameters.bool("fallbackOnEmpty") ?? false
    conditions = []
    for element in try parameters.elements("conditions") ?? [] {
      let fields = try FieldReader(element.node, path: element.path)
      try fields.allow(["metric", "maxValue"])
      guard let metric = Metric(name: try fields.required("metric")) else {
        let names = Metric.allCases.map(\.rawValue).joined(separator: ", ")
        throw fields.error("metric", "is not one of \(names)")
      }
      guard let maximum = try fields.number("maxValue", in: 0...Double.greatestFiniteMagnitude) else {
        throw fields.error("maxValue", "is required")
      }
      conditions.append(Condition(metric: metric, maximum: maximum))
    }
    if conditions.isEmpty { throw parameters.error("conditions", "is required") }
  }

  func filter(_ candidates: inout [Int], _ context: PickContext, using generator: inout some RandomNumberGenerator) {
    let kept = candidates.filter { index in
      conditions.allSatisfy { value($0.metric, index, context) <= $0.maximum }
    }
    if !kept.isEmpty || !fallbackOnEmpty { candidates = kept }
  }

  private func value(_ metric: Metric, _ index: Int, _ context: PickContext) -> Double {
    switch metric {
    case .waiting: Double(context.snapshot.waiting[index])
    case .running: Double(context.snapshot.running[index])
    case .kvUsage: context.snapshot.kvUsage[index]
    case .inFlightRequests: Double(context.learned.inFlight.requests(context.snapshot.handles[index]))
    case .inFlightTokens: Double(context.learned.inFlight.tokens(context.snapshot.handles[index]))
    }
  }
}
