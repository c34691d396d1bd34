/// What a scheduler in front of an engine would read of it, at one moment.
public struct Load: Sendable, Equatable {
  /// Sequences that hold a slot.
  public var running = 0
  /// Requests that wait, whatever for: `waitingForCapacity` and `deferred` together.
  public var waiting = 0
  /// Those that wait for a slot, for KV blocks, or for their turn.
  public var waitingForCapacity = 0
  /// Those whose LoRA adapter is not loaded and cannot be until another one is idle.
  public var deferred = 0
  /// KV blocks that running sequences hold.
  public var usedBlocks = 0
  /// KV blocks in all.
  public var totalBlocks = 0
  /// Adapters of running sequences, in a stable order.
  public var runningAdapters: [AdapterCount] = []
  /// Adapters of waiting requests, in a stable order.
  public var waitingAdapters: [AdapterCount] = []
  /// Adapters in the LoRA slots, used or idle, in the order of the slots.
  public var loadedAdapters: [LoadedAdapter] = []
  /// Adapters kept in host memory, the loaded ones included, in a stable order.
  public var hostAdapters: [String] = []

  /// An idle engine without any KV cache.
  public init() {}

  /// `usedBlocks` as a share of `totalBlocks`, 0 to 1.
  public var kvUsage: Double { totalBlocks == 0 ? 0 : Double(usedBlocks) / Double(totalBlocks) }
}

/// How many requests use an adapter.
public struct AdapterCount: Sendable, Equatable {
  /// The adapter's name.
  public var name: String
  /// At least 1.
  public var count: Int
}

/// An adapter in a LoRA slot.
public struct LoadedAdapter: Sendable, Equatable {
  /// The adapter's name.
  public var name: String
  /// The slot's id, 1 to `maxLoras`.
  public var slot: Int
}
