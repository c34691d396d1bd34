/// What a scheduler learns from its own decisions.
struct LearnedState: Sendable {
  /// Which prompts went where.
  var prefixes = PrefixIndex()
  /// What is on the way.
  var inFlight = InFlightLoad()
  /// Where cold requests went.
  var coldUse = ColdUse()
  /// Sessions and their endpoints, one table per configured session affinity.
  var sessions: [SessionTable] = []

  /// Forgets an endpoint whose handle is given up.
  mutating func remove(_ handle: Int) {
    prefixes.remove(handle)
    inFlight.remove(handle)
    coldUse.remove(handle)
    for index in sessions.indices { sessions[index].remove(handle) }
  }
}
