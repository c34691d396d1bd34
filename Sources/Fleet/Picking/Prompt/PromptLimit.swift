internal import EndpointPicking

/// How much of a prompt a picker looks at.
enum PromptLimit {
  /// Plugins that go by a prompt's length get it exact up to here: 131,072 tokens of four characters, the longest prefix
  /// that llm-d's index considers by default.
  static let least = 131_072 * PrefixCacheSettings.charactersPerToken

  /// The bytes that hashing needs when the largest KV block has `largestBlock` tokens (0: unknown), and never less than
  /// `least`.
  static func bytes(_ settings: PrefixCacheSettings?, largestBlock: Int) -> Int {
    guard let settings else { return least }
    let tokens = settings.autoTune && largestBlock > 0 ? min(largestBlock, 1 << 20) : settings.blockSizeTokens
    let blocks = min(settings.maxTokens.map { $0 / max(tokens, 1) } ?? settings.maxBlocks, 2_048)
    return max(least, blocks * tokens * PrefixCacheSettings.charactersPerToken)
  }
}
