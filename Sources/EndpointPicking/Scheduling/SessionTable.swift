/// Which endpoint a session's requests go to, for a while (llm-d-router, session affinity by session id).
struct SessionTable: Sendable {
  private struct Binding {
    var handle: Int
    var expiry: Int64
  }

  /// Whose sessions these are.
  let affinity: SessionAffinity
  private var bindings: [String: Binding] = [:]
  private var nextSweep: Int64 = .min

  init(_ affinity: SessionAffinity) { self.affinity = affinity }

  /// How many sessions are remembered.
  var count: Int { bindings.count }

  /// The endpoint of a session that has not expired.
  func handle(of session: String, at now: Int64) -> Int? {
    guard let binding = bindings[session], binding.expiry > now else { return nil }
    return binding.handle
  }

  /// Binds a session, or renews it.
  mutating func bind(_ session: String, to handle: Int, at now: Int64) {
    if now >= nextSweep {
      bindings = bindings.filter { $0.value.expiry > now }
      nextSweep = Self.later(now, by: affinity.sweepInterval)
    }
    bindings[session] = Binding(handle: handle, expiry: Self.later(now, by: affinity.timeToLive))
  }

  /// Forgets sessions of an endpoint.
  mutating func remove(_ handle: Int) { bindings = bindings.filter { $0.value.handle != handle } }

  private static func later(_ now: Int64, by duration: Int64) -> Int64 {
    let (sum, overflow) = now.addingReportingOverflow(duration)
    return overflow ? .max : sum
  }
}

/// A session to bind when a request is sent.
struct SessionBinding: Sendable {
  /// Position among the tables.
  var table: Int
  /// The session's id.
  var session: String
  /// The endpoint's handle.
  var handle: Int
}
