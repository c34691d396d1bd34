/// One accepted request that has not ended: 64 bytes without references, as it is touched for every token.
struct LiveSequence: Sendable {
  enum Phase: UInt8, Sendable {
    /// The place in the table is free.
    case vacant
    case waiting
    case running
  }

  var id = RequestID(0)
  /// Draws this sequence's delays.
  var delays = SplitMix64(seed: 0)
  /// Its turn among all that wait: lower goes first.
  var order: Int64 = 0
  var promptTokens: Int32 = 0
  /// The tokens it will have generated at its end; at least 1.
  var outputTokens: Int32 = 1
  /// The tokens generated so far.
  var generated: Int32 = 0
  /// The KV blocks it holds; 0 unless running.
  var blocks: Int32 = 0
  var adapter: Int32 = 0
  /// Neighbours in the list that it is in; -1 at the ends.
  var previous: Int32 = -1
  var next: Int32 = -1
  var phase = Phase.vacant

  /// The tokens that its KV blocks must hold now.
  var contextTokens: Int { Int(promptTokens) + Int(generated) }
}
