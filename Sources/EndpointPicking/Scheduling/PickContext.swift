/// What filters, scorers and deciders may look at during one pick.
struct PickContext: Sendable {
  /// What is asked for.
  let request: PickRequest
  /// The endpoints; candidates are indexes into it.
  let snapshot: Snapshot
  /// How much of the prompt each endpoint is thought to hold.
  let prefix: PrefixMatch
  /// What earlier picks taught.
  let learned: LearnedState
  /// Nanoseconds on the caller's clock.
  let now: Int64

  /// The prompt's size in tokens, estimated (GIE v1.5: four characters are one).
  var promptTokens: Int { request.prefixText.count / PrefixCacheSettings.charactersPerToken }

  /// Held blocks of the candidate at `index`.
  @inline(__always)
  func matchedBlocks(_ index: Int) -> Int { prefix.matched(snapshot.handles[index]) }

  /// The held share of the prompt, 0 to 1; 0 for a prompt of less than a block.
  func matchedShare(_ index: Int) -> Double {
    prefix.total > 0 ? Double(matchedBlocks(index)) / Double(prefix.total) : 0
  }
}
