internal import Simulation
internal import Synchronization

/// The load of one engine, written by its loop and read from any thread: what a picker would scrape, without the scrape.
public final class PublishedLoad: Sendable {
  /// Requests that are counted, and adapters by state.
  public struct Reading: Sendable, Equatable {
    /// Sequences that hold a slot.
    public var running = 0
    /// Requests that wait, whatever for.
    public var waiting = 0
    /// Used KV blocks as a share, 0 to 1.
    public var kvUsage = 0.0
    /// Adapters of running requests.
    public var runningAdapters: Set<String> = []
    /// Adapters of waiting requests.
    public var waitingAdapters: Set<String> = []
  }

  /// Adapters that may be loaded at once; 0 without LoRA.
  public let maxAdapters: Int
  /// Tokens per KV block.
  public let blockSize: Int
  /// KV blocks.
  public let blocks: Int

  private let running = Atomic<Int>(0)
  private let waiting = Atomic<Int>(0)
  private let kvUsage = Atomic<UInt64>(0)
  // Adapters change seldom, and most engines have none: a lock that is taken only then.
  private let hasAdapters = Atomic<Bool>(false)
  private let adapters = Mutex<(running: Set<String>, waiting: Set<String>)>(([], []))
  private let published = Atomic<UInt64>(0)

  init(_ model: ModelConfiguration) {
    let engine = model.engine
    maxAdapters = model.loraEnabled ? engine.maxLoras : 0
    blockSize = engine.blockSize
    blocks = engine.effectiveKVBlocks
  }

  /// Changes whenever `reading` may have.
  public var revision: UInt64 { published.load(ordering: .acquiring) }

  /// The load as last published.
  public var reading: Reading {
    var reading = Reading()
    reading.running = running.load(ordering: .relaxed)
    reading.waiting = waiting.load(ordering: .relaxed)
    reading.kvUsage = Double(bitPattern: kvUsage.load(ordering: .relaxed))
    if hasAdapters.load(ordering: .acquiring) {
      (reading.runningAdapters, reading.waitingAdapters) = adapters.withLock { $0 }
    }
    return reading
  }

  /// Publishes `load`; on the engine's loop.
  func update(_ load: Load, revision: UInt64) {
    running.store(load.running, ordering: .relaxed)
    waiting.store(load.waiting, ordering: .relaxed)
    kvUsage.store(load.kvUsage.bitPattern, ordering: .relaxed)
    let uses = !load.runningAdapters.isEmpty || !load.waitingAdapters.isEmpty
    if uses || hasAdapters.load(ordering: .relaxed) {
      adapters.withLock {
        $0.running = Set(load.runningAdapters.map(\.name))
        $0.waiting = Set(load.waitingAdapters.map(\.name))
      }
      hasAdapters.store(uses, ordering: .releasing)
    }
    published.store(revision, ordering: .releasing)
  }
}
