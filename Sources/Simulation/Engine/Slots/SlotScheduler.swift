/// Runs up to `maxNumSeqs` sequences at once, each with its own time to first token and inter-token delays
/// (llm-d-inference-sim, workers and latency calculators), on vLLM's KV blocks with preemption by recomputation.
struct SlotScheduler: Scheduler {
  let maxNumSeqs: Int
  /// The most requests that may wait after their arrival.
  let maxWaiting: Int
  /// The most tokens that those may have to prefill together.
  let maxWaitingTokens: Int
  var latency: LatencyModel
  var blocks: BlockPool
  var adapters: AdapterTable
  var sequences = SequenceTable()
  /// The running sequences in the order in which they were scheduled.
  var running = SequenceList()
  /// The requests in the adapters' lists together.
  var waiting = 0
  /// The tokens that those will have to prefill.
  var waitingTokens = 0
  /// The next token of every running sequence.
  var dues = DueTree()
  /// What happened and is not yet reported.
  var unreported: [Emission] = []
  /// The latest instant named.
  private var clock = Instant(nanoseconds: .min)
  /// The turn of the next arrival; preempted sequences take turns below zero.
  private var nextOrder: Int64 = 0
  var lastFrontOrder: Int64 = 0

  init(_ configuration: EngineConfiguration) {
    precondition(configuration.maxNumSeqs >= 1 && configuration.maxModelLen >= 1, "limits are at least 1")
    maxNumSeqs = configuration.maxNumSeqs
    maxWaiting = configuration.maxWaitingQueueLength.map { max(0, $0) } ?? Int.max
    maxWaitingTokens = configuration.maxQueuedTokens.map { max(0, $0) } ?? Int.max
    latency = LatencyModel(configuration.latency, maxNumSeqs: configuration.maxNumSeqs)
    blocks = BlockPool(total: configuration.effectiveKVBlocks, blockSize: configuration.blockSize)
    adapters = AdapterTable(maxLoras: configuration.maxLoras, maxCPULoras: configuration.maxCPULoras)
  }

  /// The tokens that the KV cache holds.
  var capacityTokens: Int { blocks.capacityTokens }

  mutating func updateLatency(_ configuration: LatencyConfiguration) {
    latency = LatencyModel(configuration, maxNumSeqs: maxNumSeqs)
  }

  // MARK: - Calls from outside

  mutating func admit(_ arrival: Arrival, at now: Instant, output: () -> GeneratedOutput) -> Admission {
    let now = settle(before: now)
    guard arrival.promptTokens <= capacityTokens else {
      return .exceedsKVCache(promptTokens: arrival.promptTokens, capacityTokens: capacityTokens)
    }
    let index = enqueue(arrival)
    // None of those already waiting can start now, so this starts the new one or nothing.
    buffering { $0.startWaiting(at: now, emit: $1) }
    if sequences[index].phase == .waiting, waiting > maxWaiting || waitingTokens > maxWaitingTokens {
      let isQueueFull = waiting > maxWaiting
      dequeue(index)
      sequences.remove(at: index)
      return isQueueFull ? .queueFull(limit: maxWaiting) : .backlogFull(limit: maxWaitingTokens)
    }
    let output = output()
    sequences[index].outputTokens = Int32(clamping: output.tokens.count)
    if output.finishReason != .stop { sequences.setReason(output.finishReason, at: index) }
    return .accepted(output: output)
  }

  mutating func cancel(_ id: RequestID, at now: Instant) {
    let now = settle(before: now)
    // It may have ended by now without anyone having heard of it.
    if !unreported.isEmpty { unreported.removeAll { $0.id == id } }
    guard let index = sequences.index(of: id) else { return }
    if sequences[index].phase == .running { stopRunning(index) } else { dequeue(index) }
    sequences.remove(at: index)
    buffering { $0.startWaiting(at: now, emit: $1) }
  }

  var nextEvent: Instant? { unreported.first?.instant ?? dues.earliest }

  mutating func advance(to now: Instant, emit: (Emission) -> Void) {
    report(emit)
    clock = max(clock, now)
    while let due = dues.earliest, due <= clock { generate(dues.first, at: due, emit: emit) }
  }

  // MARK: - Time

  /// Lets all happen that is due before `now`; the result is `now` or the clock, whichever is later.
  private mutating func settle(before now: Instant) -> Instant {
    clock = max(clock, now)
    if let due = dues.earliest, due < clock {
      buffering { scheduler, emit in
        while let due = scheduler.dues.earliest, due < scheduler.clock {
          scheduler.generate(scheduler.dues.first, at: due, emit: emit)
        }
      }
    }
    return clock
  }

  /// Keeps what `body` emits for the next `advance`.
  private mutating func buffering(_ body: (inout SlotScheduler, (Emission) -> Void) -> Void) {
    var buffer: [Emission] = []
    swap(&buffer, &unreported)
    body(&self) { buffer.append($0) }
    swap(&buffer, &unreported)
  }

  private mutating func report(_ emit: (Emission) -> Void) {
    guard !unreported.isEmpty else { return }
    for emission in unreported { emit(emission) }
    unreported.removeAll(keepingCapacity: unreported.capacity <= 4096)
  }

  // MARK: - Queue

  private mutating func enqueue(_ arrival: Arrival) -> Int {
    let adapter = adapters.index(of: arrival.adapter)
    var sequence = LiveSequence()
    sequence.id = arrival.id
    sequence.delays = arrival.delays
    sequence.order = nextOrder
    sequence.promptTokens = Int32(clamping: arrival.promptTokens)
    sequence.adapter = Int32(truncatingIfNeeded: adapter)
    sequence.phase = .waiting
    nextOrder += 1
    let index = sequences.insert(sequence)
    adapters[adapter].waiting.append(index, in: &sequences)
    waiting += 1
    waitingTokens += sequences[index].contextTokens
    return index
  }

  /// Takes a request that will not run out of the queue.
  private mutating func dequeue(_ index: Int) {
    let adapter = Int(sequences[index].adapter)
    adapters[adapter].waiting.remove(index, in: &sequences)
    waiting -= 1
    waitingTokens -= sequences[index].contextTokens
    if adapter != AdapterTable.base { adapters.forgetIfUnused(adapter) }
  }
}
