/// What the page says of an engine that never changes.
public struct EngineDescriptor: Sendable, Equatable {
  /// The displayed name, the label `model_name`; no two engines of a page share one.
  public var modelName: String
  /// The context in tokens; bounds the buckets that count tokens.
  public var maxModelLen: Int
  /// Adapters that may be loaded at once; nil with LoRA disabled.
  public var maxLoras: Int?
  /// The KV cache's settings.
  public var cache: CacheSettings

  /// A descriptor from its parts.
  public init(modelName: String, maxModelLen: Int, maxLoras: Int?, cache: CacheSettings) {
    self.modelName = modelName
    self.maxModelLen = maxModelLen
    self.maxLoras = maxLoras
    self.cache = cache
  }

  /// The descriptor of a configured model.
  public init(_ model: ModelConfiguration) {
    self.init(
      modelName: model.servedNames.first ?? model.model,
      maxModelLen: model.engine.maxModelLen,
      maxLoras: model.loraEnabled ? model.engine.maxLoras : nil,
      cache: CacheSettings(
        blockSize: model.engine.blockSize, blocks: model.engine.effectiveKVBlocks,
        blocksOverride: model.engine.numKVBlocks))
  }
}
