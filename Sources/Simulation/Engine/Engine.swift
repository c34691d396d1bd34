/// One vLLM instance as a state machine: no clock, no thread, no I/O.
///
/// Every call says what time it is; an instant earlier than one already named counts as that one. What is due before the
/// instant of a `submit` or `cancel` happens first; what is due at that very instant happens in the next `advance`.
/// The result depends only on the configuration and on the calls made, not on how often `advance` is called between.
///
/// Sequences are scheduled by slots (llm-d-inference-sim's model): up to `maxNumSeqs` run at once, each with delays of
/// its own; the rest wait, first come first served, for a slot, a place for their LoRA adapter, and KV blocks for their
/// prompt and one token. Text and lengths of a request come from its seed, or else from the engine's seed and the
/// number of requests submitted before it, refused ones included; its delays always come from the latter.
public struct Engine: Sendable {
  /// The configuration in force.
  public private(set) var configuration: EngineConfiguration
  private let text: TextGenerator
  private var scheduler: SlotScheduler
  private var submissions: UInt64 = 0

  /// An idle engine. Limits outside the ranges that `EngineConfiguration` documents are a programming error.
  public init(configuration: EngineConfiguration) {
    self.configuration = configuration
    text = TextGenerator(mode: configuration.mode, maxModelLen: configuration.maxModelLen)
    scheduler = SlotScheduler(configuration)
  }

  /// Takes `request` to run or wait, or refuses it.
  ///
  /// The id must differ from those of all requests that are live, that is accepted and neither finished nor cancelled.
  /// A maximum above what context and KV cache leave room for counts as that room, one below 1 as 1.
  public mutating func submit(_ request: GenerationRequest, at now: Instant) -> Admission {
    let ordinal = submissions
    submissions += 1
    let seed = configuration.seed
    let arrival = Arrival(
      id: request.id, promptTokens: request.promptTokens, adapter: request.adapter,
      delays: SplitMix64(seed: seed, index: ordinal, stream: DrawStream.latency))
    return scheduler.admit(arrival, at: now) { [text, capacityTokens = scheduler.capacityTokens] in
      var generator =
        if let own = request.seed {
          SplitMix64(seed: own, index: 0, stream: DrawStream.text)
        } else {
          SplitMix64(seed: seed, index: ordinal, stream: DrawStream.text)
        }
      return text.output(for: request, capacityTokens: capacityTokens, using: &generator)
    }
  }

  /// Ends the live request `id`, whether it runs or waits; an id that is not live is ignored.
  ///
  /// Its slot and blocks are free at `now`, and requests that waited for them start at `now`. Nothing more is emitted
  /// for it, not even what was due before.
  public mutating func cancel(_ id: RequestID, at now: Instant) { scheduler.cancel(id, at: now) }

  /// When `advance` will next have something to do, which may be in the past; nil when idle.
  public var nextEvent: Instant? { scheduler.nextEvent }

  /// Moves the engine to `now` and reports what happened, in time order and with the exact instants.
  ///
  /// Tokens of one sequence that are due at the same instant come as one emission. Returns the new `nextEvent`.
  @discardableResult
  public mutating func advance(to now: Instant, emit: (Emission) -> Void) -> Instant? {
    scheduler.advance(to: now, emit: emit)
    return scheduler.nextEvent
  }

  /// Running, waiting, KV usage, adapters: as of the latest call.
  public var load: Load { scheduler.load }

  /// Replaces the delays. Those already drawn stay: each running sequence's next token keeps its instant.
  public mutating func updateLatency(_ latency: LatencyConfiguration) {
    configuration.latency = latency
    scheduler.updateLatency(latency)
  }

  /// What is wrong with the state; empty when all is well.
  func checkInvariants() -> [String] { scheduler.checkInvariants() }
}
