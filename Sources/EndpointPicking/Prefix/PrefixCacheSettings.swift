/// How the approximate prefix index works (GIE v1.5, prefix-cache plugin and approx-prefix-cache-producer).
public struct PrefixCacheSettings: Sendable, Equatable {
  /// Characters that count as one token.
  public static let charactersPerToken = 4

  /// Take block size and capacity from the endpoints' metrics where these tell them.
  public var autoTune = true
  /// Tokens per block: 16.
  public var blockSizeTokens = 16
  /// At most so many blocks of a prompt are looked at: 256.
  public var maxBlocks = 256
  /// When set, bounds the prompt in tokens instead of `maxBlocks` (llm-d-router).
  public var maxTokens: Int?
  /// Blocks remembered per endpoint: 31,250.
  public var capacityPerEndpoint = 31_250

  /// GIE's defaults.
  public init() {}

  /// The block size to use when endpoints have `measured` tokens per block; 0 is unknown.
  func blockTokens(measured: Int) -> Int { autoTune && measured > 0 ? min(measured, 1 << 20) : blockSizeTokens }

  /// How many blocks an endpoint with `measured` KV blocks is remembered to hold; 0 is unknown.
  func capacity(measured: Int) -> Int { autoTune && measured > 0 ? min(measured, 1 << 24) : capacityPerEndpoint }

  /// The largest number of blocks of `blockTokens` tokens to look at: never more than 2,048 (llm-d-router).
  func blockLimit(blockTokens: Int) -> Int {
    min(maxTokens.map { $0 / max(blockTokens, 1) } ?? maxBlocks, 2_048)
  }
}

extension PrefixCacheSettings {
  /// Reads `autoTune`, `blockSizeTokens` (or the older `blockSize`, in characters), `maxPrefixBlocksToMatch`,
  /// `maxPrefixTokensToMatch` and `lruCapacityPerServer`.
  init(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow(Self.parameterNames)
    autoTune = try parameters.bool("autoTune") ?? true
    if let characters = try parameters.int("blockSize", in: 1...4_194_304) {
      blockSizeTokens = max(1, characters / Self.charactersPerToken)
    }
    blockSizeTokens = try parameters.int("blockSizeTokens", in: 1...1_048_576) ?? blockSizeTokens
    maxBlocks = try parameters.int("maxPrefixBlocksToMatch", in: 1...2_048) ?? maxBlocks
    maxTokens = try parameters.int("maxPrefixTokensToMatch", in: 1...(1 << 30))
    capacityPerEndpoint = try parameters.int("lruCapacityPerServer", in: 1...(1 << 24)) ?? capacityPerEndpoint
  }

  static let parameterNames = [
    "autoTune", "blockSize", "blockSizeTokens", "maxPrefixBlocksToMatch", "maxPrefixTokensToMatch",
    "lruCapacityPerServer",
  ]
}
