/// Decides when accepted sequences run and when each of their tokens is due: what an `Engine` is made of.
///
/// All calls say what time it is, and time never goes back. What happens before or in a call is reported by the next
/// `advance`, in time order.
protocol Scheduler: Sendable {
  /// Takes a request or refuses it; `output` is called only when it is taken.
  mutating func admit(_ arrival: Arrival, at now: Instant, output: () -> GeneratedOutput) -> Admission
  /// Ends a live request without a word; ids that are not live are ignored.
  mutating func cancel(_ id: RequestID, at now: Instant)
  /// When `advance` will next have something to do.
  var nextEvent: Instant? { get }
  /// Reports all that happened and lets all happen that is due up to and at `now`.
  mutating func advance(to now: Instant, emit: (Emission) -> Void)
  /// What a scheduler in front of the engine would read.
  var load: Load { get }
  /// Delays drawn from now on follow `configuration`.
  mutating func updateLatency(_ configuration: LatencyConfiguration)
  /// What is wrong with the state; empty when all is well.
  func checkInvariants() -> [String]
}

/// What a scheduler knows of a request that asks to come in.
struct Arrival {
  let id: RequestID
  let promptTokens: Int
  /// nil for the base model.
  let adapter: String?
  /// The source of the request's delays.
  let delays: SplitMix64
}
