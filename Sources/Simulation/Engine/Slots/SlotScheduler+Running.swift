extension SlotScheduler {
  /// Starts all that wait and can run, in their order.
  ///
  /// A request that lacks only KV blocks holds back those behind it, as in vLLM; one that lacks only a place for its
  /// adapter does not.
  mutating func startWaiting(at now: Instant, emit: (Emission) -> Void) {
    while waiting > 0, running.count < maxNumSeqs, let index = adapters.nextWaiting(in: sequences) {
      let needed = blocks.blocks(for: sequences[index].contextTokens + 1)
      guard needed <= blocks.free else { return }
      start(index, blocks: needed, at: now, emit: emit)
    }
  }

  private mutating func start(_ index: Int, blocks needed: Int, at now: Instant, emit: (Emission) -> Void) {
    let adapter = Int(sequences[index].adapter)
    adapters[adapter].waiting.remove(index, in: &sequences)
    waiting -= 1
    waitingTokens -= sequences[index].contextTokens
    adapters.beginUse(adapter)
    blocks.take(needed)
    sequences[index].blocks = Int32(truncatingIfNeeded: needed)
    sequences[index].phase = .running
    running.append(index, in: &sequences)
    let delay = latency.firstToken(
      promptTokens: sequences[index].contextTokens, running: running.count, using: &sequences[index].delays)
    dues.set(index, due: now.advanced(by: delay))
    emit(.scheduled(sequences[index].id, at: now))
  }

  /// Generates the next token of a running sequence, and those due at the same instant.
  mutating func generate(_ index: Int, at now: Instant, emit: (Emission) -> Void) {
    let sequence = sequences[index]
    let first = Int(sequence.generated)
    let last = Int(sequence.outputTokens)
    var held = Int(sequence.blocks)
    var generated = first
    var delay = Nanoseconds.zero
    repeat {
      // What the blocks hold; a sequence that holds them all is cut by its output's length.
      var limit = held * blocks.blockSize - Int(sequence.promptTokens)
      if held == blocks.total { limit = last }
      if generated >= limit {
        guard takeBlock(for: index, at: now, emit: emit) else {
          pause(index, generated: first..<generated, at: now, emit: emit)
          return
        }
        held += 1
      } else if latency.decodesAtOnce {
        generated = min(last, limit)
      } else {
        generated += 1
        if generated < last {
          delay = latency.interToken(running: running.count, using: &sequences[index].delays)
        }
      }
    } while generated < last && delay == .zero
    sequences[index].generated = Int32(truncatingIfNeeded: generated)
    if generated > first { emit(.tokens(sequence.id, first..<generated, at: now)) }
    if generated < last {
      dues.set(index, due: now.advanced(by: delay))
    } else {
      finish(index, at: now, emit: emit)
    }
  }

  private mutating func finish(_ index: Int, at now: Instant, emit: (Emission) -> Void) {
    stopRunning(index)
    emit(.finished(sequences[index].id, sequences.reason(at: index), at: now))
    sequences.remove(at: index)
    startWaiting(at: now, emit: emit)
  }

  /// Gives back the slot, the blocks and the use of the adapter.
  mutating func stopRunning(_ index: Int) {
    dues.clear(index)
    running.remove(index, in: &sequences)
    blocks.give(Int(sequences[index].blocks))
    sequences[index].blocks = 0
    adapters.endUse(Int(sequences[index].adapter))
  }

  // MARK: - Preemption (vLLM 0.33, recompute)

  /// One more block for a running sequence, if need be from those scheduled after it; false when it is itself the next
  /// to be preempted.
  private mutating func takeBlock(for index: Int, at now: Instant, emit: (Emission) -> Void) -> Bool {
    while blocks.free == 0 {
      guard let victim = running.last, victim != index else { return false }
      preempt(victim, at: now, emit: emit)
    }
    blocks.take(1)
    sequences[index].blocks += 1
    return true
  }

  private mutating func pause(
    _ index: Int, generated: Range<Int>, at now: Instant, emit: (Emission) -> Void
  ) {
    sequences[index].generated = Int32(truncatingIfNeeded: generated.upperBound)
    if !generated.isEmpty { emit(.tokens(sequences[index].id, generated, at: now)) }
    preempt(index, at: now, emit: emit)
  }

  /// Sends a running sequence back to the front of the queue; its next start computes prompt and output anew.
  private mutating func preempt(_ index: Int, at now: Instant, emit: (Emission) -> Void) {
    stopRunning(index)
    lastFrontOrder -= 1
    sequences[index].order = lastFrontOrder
    sequences[index].phase = .waiting
    adapters[Int(sequences[index].adapter)].waiting.prepend(index, in: &sequences)
    waiting += 1
    waitingTokens += sequences[index].contextTokens
    emit(.preempted(sequences[index].id, at: now))
  }
}

extension Instant {
  /// This instant and `delay` later, or the last one of all.
  fileprivate func advanced(by delay: Nanoseconds) -> Instant {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(delay.count)
    return Instant(nanoseconds: overflow ? .max : sum)
  }
}
