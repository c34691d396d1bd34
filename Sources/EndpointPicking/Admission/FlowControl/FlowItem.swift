/// Names a flow: the requests of one fairness id and one priority.
public struct FlowKey: Hashable, Sendable, Comparable {
  /// The fairness id of requests that name none.
  public static let defaultFairnessID = "default-flow"

  /// Who sends them.
  public var fairnessID: String
  /// Higher goes first.
  public var priority: Int

  /// The flow of `fairnessID` in the band `priority`; an empty id is the default one.
  public init(fairnessID: String, priority: Int) {
    self.fairnessID = fairnessID.isEmpty ? Self.defaultFairnessID : fairnessID
    self.priority = priority
  }

  /// The higher priority first, then by id.
  public static func < (a: FlowKey, b: FlowKey) -> Bool {
    a.priority == b.priority ? a.fairnessID < b.fairnessID : a.priority > b.priority
  }
}

/// A request that asks to be let through.
public struct FlowItem: Hashable, Sendable {
  /// The caller's number for it, unique among those that wait.
  public var id: UInt64
  /// The flow that it belongs to.
  public var flow: FlowKey
  /// The size of its body.
  public var bytes: Int
  /// How long it may wait, in nanoseconds; nil for the configured default.
  public var ttl: Int64?
  /// When its first token is due after it came, in nanoseconds (`x-slo-ttft-ms`); nil without such an objective.
  public var ttftObjective: Int64?

  /// A request of `flow`.
  public init(id: UInt64, flow: FlowKey, bytes: Int = 0, ttl: Int64? = nil, ttftObjective: Int64? = nil) {
    self.id = id
    self.flow = flow
    self.bytes = bytes
    self.ttl = ttl
    self.ttftObjective = ttftObjective
  }
}

/// What became of a request, and when.
public struct FlowDecision: Hashable, Sendable {
  /// The request.
  public var id: UInt64
  /// Its flow.
  public var flow: FlowKey
  /// What became of it.
  public var outcome: FlowOutcome
  /// How long it waited, in nanoseconds.
  public var waited: Int64
}

/// The requests that wait in one flow or band.
public struct FlowLoad: Hashable, Sendable {
  /// How many there are.
  public var requests = 0
  /// The bytes of their bodies.
  public var bytes = 0

  mutating func add(_ bytes: Int) {
    requests += 1
    self.bytes += bytes
  }

  mutating func subtract(_ bytes: Int) {
    requests -= 1
    self.bytes -= bytes
  }

  /// A further request of `bytes` stays within limits, where 0 is none.
  func hasRoom(for bytes: Int, maxBytes: Int, maxRequests: Int) -> Bool {
    (maxRequests <= 0 || requests < maxRequests) && (maxBytes <= 0 || self.bytes + bytes <= maxBytes)
  }
}
