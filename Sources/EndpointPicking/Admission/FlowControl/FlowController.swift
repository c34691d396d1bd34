/// Lets requests wait until their pool has room (GIE v1.5, flow control), as a state machine without a clock.
///
/// A band of higher priority goes strictly before one of lower. When the pool's saturation has reached the limit of the
/// highest band that holds requests, all wait: a lower band never overtakes a blocked higher one. Inside a band the
/// fairness policy chooses the flow, and the ordering policy the request.
///
/// Every request that was queued leaves with exactly one decision: from ``next(at:saturation:)``, ``cancel(_:at:)`` or
/// ``shutDown(at:)``.
public struct FlowController: Sendable {
  /// The settings.
  public let configuration: FlowControlConfiguration
  /// All that waits.
  public private(set) var load = FlowLoad()
  private var waiting: [UInt64: Waiting] = [:]
  private var bands: [Int: PriorityBand] = [:]
  /// Priorities of the bands that hold requests, the highest first.
  private var occupied: [Int] = []
  private var deadlines = RankedQueue<UInt64, ArrivalRank>()
  private var flows: FlowRegistry
  private var arrivals: UInt64 = 0
  private var isShutDown = false

  private struct Waiting: Sendable {
    let item: FlowItem
    let since: Int64
  }

  /// A controller in which nothing waits.
  public init(_ configuration: FlowControlConfiguration = FlowControlConfiguration()) {
    self.configuration = configuration
    flows = FlowRegistry(idleTimeout: configuration.idleFlowTimeout)
  }

  /// When the next request runs out of time, if none is dispatched before; nil when none has a time to live.
  public var nextDeadline: Int64? { deadlines.firstRank?.value }

  /// The flows that hold requests or did so lately, with what waits in each; in no order.
  public var flowLoads: [FlowKey: FlowLoad] { flows.loads }

  /// What waits in the band `priority`.
  public func load(ofBand priority: Int) -> FlowLoad { bands[priority]?.load ?? FlowLoad() }

  /// Takes a request in.
  ///
  /// - Parameters:
  ///   - now: nanoseconds; never less than in earlier calls.
  ///   - saturation: the pool's saturation now; the request is let through at once when it is below the band's limit
  ///     and no other request goes first.
  /// - Returns: a decision with outcome `dispatched` or a rejection, or with `notYetFinalized` when the request waits.
  public mutating func enqueue(_ item: FlowItem, at now: Int64, saturation: Double) -> FlowDecision {
    var item = item
    item.bytes = min(max(item.bytes, 0), 1 << 40)
    flows.collectIdle(at: now)
    let configured = configuration.band(item.flow.priority)
    if isShutDown || waiting[item.id] != nil { return decision(.rejectedOther, item, since: now, at: now) }
    guard
      load.hasRoom(for: item.bytes, maxBytes: configuration.maxBytes, maxRequests: configuration.maxRequests),
      load(ofBand: item.flow.priority).hasRoom(
        for: item.bytes, maxBytes: configured.maxBytes, maxRequests: configured.maxRequests)
    else { return decision(.rejectedCapacity, item, since: now, at: now) }
    insert(item, configured, at: now)
    if dispatchable(saturation) == item.id { return take(item.id, .dispatched, at: now) }
    return decision(.notYetFinalized, item, since: now, at: now)
  }

  /// The next thing that happens: first requests whose time has run out, by their deadlines; then, if the saturation
  /// allows it, the request whose turn it is. Nil when nothing more happens now.
  ///
  /// Call it until it is nil, each time with the saturation that takes what was dispatched into account.
  ///
  /// - Parameter now: nanoseconds; never less than in earlier calls.
  public mutating func next(at now: Int64, saturation: Double) -> FlowDecision? {
    if let deadline = deadlines.firstRank, deadline.value <= now, let id = deadlines.first {
      return take(id, .evictedTTL, at: now)
    }
    flows.collectIdle(at: now)
    return dispatchable(saturation).map { take($0, .dispatched, at: now) }
  }

  /// Moves to `now`, and reports all that happens there, in order.
  ///
  /// - Parameters:
  ///   - now: nanoseconds; never less than in earlier calls.
  ///   - saturation: the pool's saturation, read again after every decision.
  public mutating func advance(
    to now: Int64, saturation: () -> Double, emit: (FlowDecision) -> Void
  ) {
    while let decision = next(at: now, saturation: saturation()) { emit(decision) }
  }

  /// Takes out a request whose client has gone away; nil when it does not wait.
  public mutating func cancel(_ id: UInt64, at now: Int64) -> FlowDecision? {
    waiting[id] == nil ? nil : take(id, .evictedContextCancelled, at: now)
  }

  /// Takes out all requests, in the order in which they would have gone, and rejects all that come later.
  public mutating func shutDown(at now: Int64) -> [FlowDecision] {
    isShutDown = true
    var evicted: [FlowDecision] = []
    while let id = head { evicted.append(take(id, .evictedOther, at: now)) }
    return evicted
  }

  /// The first request of the highest band that holds any.
  private var head: UInt64? { occupied.first.flatMap { bands[$0]?.next } }

  private func dispatchable(_ saturation: Double) -> UInt64? {
    guard let priority = occupied.first, let band = bands[priority],
      saturation < band.configuration.usageLimit
    else { return nil }
    return band.next
  }

  private mutating func insert(_ item: FlowItem, _ configured: PriorityBandConfiguration, at now: Int64) {
    let priority = item.flow.priority
    let deadline = (item.ttl ?? configuration.defaultRequestTTL).map { now.addingClamped(max($0, 0)) }
    arrivals += 1
    if bands[priority] == nil {
      bands[priority] = PriorityBand(configured)
      occupied.insert(priority, at: occupied.firstIndex { $0 < priority } ?? occupied.count)
    }
    bands[priority]?.insert(item, arrival: now, deadline: deadline, sequence: arrivals)
    if let deadline { deadlines.set(item.id, rank: ArrivalRank(value: deadline, sequence: arrivals)) }
    waiting[item.id] = Waiting(item: item, since: now)
    flows.add(item)
    load.add(item.bytes)
  }

  /// Takes out a request that waits; a band goes with its last one.
  private mutating func take(_ id: UInt64, _ outcome: FlowOutcome, at now: Int64) -> FlowDecision {
    guard let entry = waiting.removeValue(forKey: id) else { preconditionFailure("only requests that wait are taken") }
    let priority = entry.item.flow.priority
    bands[priority]?.remove(entry.item, takingTurn: outcome == .dispatched)
    if bands[priority]?.load.requests == 0 {
      bands[priority] = nil
      occupied.removeAll { $0 == priority }
    }
    deadlines.remove(id)
    flows.remove(entry.item, at: now)
    load.subtract(entry.item.bytes)
    return decision(outcome, entry.item, since: entry.since, at: now)
  }

  private func decision(_ outcome: FlowOutcome, _ item: FlowItem, since: Int64, at now: Int64) -> FlowDecision {
    let (waited, overflow) = now.subtractingReportingOverflow(since)
    return FlowDecision(id: item.id, flow: item.flow, outcome: outcome, waited: overflow ? .max : max(0, waited))
  }
}
