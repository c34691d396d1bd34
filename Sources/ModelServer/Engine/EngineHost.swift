internal import HTTPServer
internal import Simulation

/// Drives one engine in real time on its home loop, keeps its metrics, and tells sinks what happens.
final class EngineHost {
  /// What is remembered of a live sequence.
  private struct Record {
    let sink: SinkReference
    let sequence: Int
    let arrival: Instant
    let promptTokens: Int
    let maxTokens: Int?
    /// nil when the prompt has one choice.
    let group: PromptGroup?
    let wantsLoad: Bool
    var scheduled: Instant?
    var firstToken: Instant?
    var lastToken: Instant?
    var generated = 0
    var preemptions = 0
  }

  /// The choices of one prompt, which vLLM counts as one request.
  private final class PromptGroup {
    let choices: Int
    var unfinished: Int
    var longest = 0
    init(choices: Int) {
      self.choices = choices
      unfinished = choices
    }
  }

  let model: Int
  private var engine: Engine
  private(set) var metrics: EngineMetrics
  private let loop: EventLoop
  private let courier: Courier
  /// Where the load is published; nil when nobody reads it.
  private let published: PublishedLoad?
  private var timer: LoopTimer!
  private var records: [Record?] = []
  private var generations: [UInt32] = []
  private var free: [Int] = []
  private var emissions: [Emission] = []

  init(
    model: Int, configuration: ModelConfiguration, loop: EventLoop, courier: Courier, published: PublishedLoad?
  ) {
    self.published = published
    self.model = model
    self.loop = loop
    self.courier = courier
    engine = Engine(configuration: configuration.engine)
    metrics = EngineMetrics(maxModelLen: configuration.engine.maxModelLen)
    timer = loop.makeTimer { [unowned self] in advance(to: Instant(nanoseconds: Clock.monotonic)) }
  }

  // MARK: - Requests

  /// Submits the sequences of one request; all or none. Events, the verdict first, go to `sink`.
  ///
  /// Requests come prompt by prompt, `context.choices` of each. Returns the ids to cancel by; empty when refused.
  func submit(
    _ requests: consuming [GenerationRequest], context: SubmissionContext, sink: SinkReference, at now: Instant
  ) -> [RequestID] {
    revision &+= 1
    var accepted: [RequestID] = []
    accepted.reserveCapacity(requests.count)
    var group = context.choices == 1 ? nil : PromptGroup(choices: context.choices)
    for sequence in requests.indices {
      if sequence > 0, context.choices > 1, sequence % context.choices == 0 {
        group = PromptGroup(choices: context.choices)
      }
      let record = Record(
        sink: sink, sequence: sequence, arrival: context.arrival, promptTokens: requests[sequence].promptTokens,
        maxTokens: requests[sequence].maxTokens, group: group, wantsLoad: context.wantsLoad)
      let id = insert(record)
      requests[sequence].id = id
      switch engine.submit(requests[sequence], at: now) {
      case .accepted(let output):
        accepted.append(id)
        tell(sink, .accepted(output), sequence)
      case .queueFull(let limit):
        metrics.rejected(.maxNumQueuedRequests)
        refuse(id, accepted, at: now)
        tell(sink, .queueFull(limit: limit), sequence)
        return []
      case .backlogFull(let limit):
        metrics.rejected(.maxNumQueuedTokens)
        refuse(id, accepted, at: now)
        tell(sink, .backlogFull(limit: limit), sequence)
        return []
      case .exceedsKVCache(let promptTokens, let capacityTokens):
        refuse(id, accepted, at: now)
        tell(sink, .exceedsKVCache(promptTokens: promptTokens, capacityTokens: capacityTokens), sequence)
        return []
      }
    }
    return accepted
  }

  /// Lets what is due at `now` happen: called after `submit`, and by the deadline.
  func advance(to now: Instant) {
    let next = engine.advance(to: now) { emissions.append($0) }
    if !emissions.isEmpty { revision &+= 1 }
    // Sinks are told afterwards: one of them may cancel, and the engine must not be entered twice.
    var batch: [Emission] = []
    swap(&batch, &emissions)
    var previous: Instant?
    for emission in batch {
      let at = emission.instant
      if previous != at { metrics.endIteration() }
      previous = at
      handle(emission)
    }
    metrics.endIteration()
    batch.removeAll(keepingCapacity: batch.capacity <= 4096)
    if emissions.isEmpty { swap(&batch, &emissions) }
    if let published, published.revision != revision { published.update(engine.load, revision: revision) }
    loop.set(timer, to: next?.nanoseconds)
  }

  /// Ends sequences whose client is gone; ids that are no longer live are ignored.
  func cancel(_ ids: [RequestID]) {
    let now = Instant(nanoseconds: Clock.monotonic)
    revision &+= 1
    for id in ids where record(id) != nil {
      engine.cancel(id, at: now)
      metrics.aborted()
      record(id)?.group?.unfinished -= 1
      remove(id)
    }
    // A freed slot may start a waiting request.
    advance(to: now)
  }

  /// Replaces the delays; those already drawn stay.
  func updateLatency(_ latency: LatencyConfiguration) { engine.updateLatency(latency) }

  private func refuse(_ id: RequestID, _ accepted: [RequestID], at now: Instant) {
    remove(id)
    for other in accepted {
      engine.cancel(other, at: now)
      remove(other)
    }
  }

  // MARK: - Emissions

  private func handle(_ emission: Emission) {
    switch emission {
    case .scheduled(let id, let at):
      guard let slot = slot(id) else { return }
      // After a preemption it happens again, which vLLM counts no second time.
      guard records[slot]!.scheduled == nil else { return }
      records[slot]!.scheduled = at
      metrics.scheduled(promptTokens: records[slot]!.promptTokens)
    case .tokens(let id, let range, let at):
      guard let slot = slot(id) else { return }
      count(range.count, slot, at)
      tell(records[slot]!.sink, .tokens(range, due: at), records[slot]!.sequence)
    case .preempted(let id, _):
      guard let slot = slot(id) else { return }
      records[slot]!.preemptions += 1
      metrics.preempted()
    case .finished(let id, let reason, let at):
      guard let slot = slot(id), let record = records[slot] else { return }
      metrics.finished(finalRecord(record, reason, at))
      remove(id)
      let end = SequenceEnd(
        reason: reason, arrival: record.arrival, scheduled: record.scheduled ?? at, firstToken: record.firstToken ?? at,
        lastToken: record.lastToken ?? at, load: record.wantsLoad ? load : nil)
      tell(record.sink, .finished(end), record.sequence)
    }
  }

  private func count(_ tokens: Int, _ slot: Int, _ at: Instant) {
    var further = tokens
    if let last = records[slot]!.lastToken {
      metrics.tokens(further, gap: at - last)
    } else {
      records[slot]!.firstToken = at
      metrics.firstToken(after: at - records[slot]!.arrival, promptTokens: records[slot]!.promptTokens)
      further -= 1
      if further > 0 { metrics.tokens(further, gap: .zero) }
    }
    records[slot]!.lastToken = at
    records[slot]!.generated += tokens
  }

  private func finalRecord(_ record: Record, _ reason: FinishReason, _ at: Instant) -> RequestRecord {
    var completion: RequestCompletion? = RequestCompletion(n: 1, maxGenerationTokens: record.generated)
    if let group = record.group {
      group.unfinished -= 1
      group.longest = max(group.longest, record.generated)
      completion =
        group.unfinished == 0 ? RequestCompletion(n: group.choices, maxGenerationTokens: group.longest) : nil
    }
    let ended: FinishedReason = if case .length = reason { .length } else { .stop }
    return RequestRecord(
      arrival: record.arrival, scheduled: record.scheduled ?? record.arrival, firstToken: record.firstToken ?? at,
      lastToken: record.lastToken ?? at, promptTokens: record.promptTokens, generationTokens: record.generated,
      maxTokens: record.maxTokens, reason: ended, preemptions: record.preemptions,
      completes: completion)
  }

  private func tell(_ sink: SinkReference, _ event: SequenceEvent, _ sequence: Int) {
    switch sink {
    case .local(let sink): sink.receive(event, sequence: sequence)
    case .remote(let loop, let job): courier.deliver(event, sequence: sequence, to: job, on: loop)
    }
  }

  // MARK: - Load

  /// The gauges as they are now.
  var load: LoadSnapshot {
    let load = engine.load
    var snapshot = LoadSnapshot()
    snapshot.running = load.running
    snapshot.waiting = load.waiting
    snapshot.deferred = load.deferred
    snapshot.kvCacheUsage = load.kvUsage
    snapshot.runningAdapters = load.runningAdapters.map(\.name)
    snapshot.waitingAdapters = load.waitingAdapters.map(\.name)
    return snapshot
  }

  /// Changes whenever `sample` may have.
  private(set) var revision: UInt64 = 0

  /// The counts and gauges as they are now.
  var sample: EngineSample { EngineSample(metrics: metrics, load: load) }

  // MARK: - Records: the id of a sequence is its place in the list, with a generation against stale ids

  private func insert(_ record: Record) -> RequestID {
    let slot = free.popLast() ?? records.count
    if slot == records.count {
      records.append(nil)
      generations.append(0)
    }
    records[slot] = record
    return RequestID(UInt64(generations[slot]) << 32 | UInt64(slot))
  }

  private func slot(_ id: RequestID) -> Int? {
    let slot = Int(id.value & 0xFFFF_FFFF)
    guard slot < records.count, generations[slot] == UInt32(id.value >> 32), records[slot] != nil else { return nil }
    return slot
  }

  private func record(_ id: RequestID) -> Record? { slot(id).flatMap { records[$0] } }

  private func remove(_ id: RequestID) {
    guard let slot = slot(id) else { return }
    records[slot] = nil
    generations[slot] &+= 1
    free.append(slot)
  }
}

extension Emission {
  fileprivate var instant: Instant {
    switch self {
    case .scheduled(_, let at), .tokens(_, _, let at), .preempted(_, let at), .finished(_, _, let at): at
    }
  }
}
