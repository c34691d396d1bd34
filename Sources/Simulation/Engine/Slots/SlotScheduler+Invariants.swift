extension SlotScheduler {
  /// Recounts everything that is counted incrementally. For tests; takes time in proportion to the live sequences.
  func checkInvariants() -> [String] {
    var violations: [String] = []
    func check(_ holds: Bool, _ what: @autoclosure () -> String) { if !holds { violations.append(what()) } }

    let runningIndexes = running.indexes(in: sequences)
    check(runningIndexes.count == running.count, "running list has \(runningIndexes.count) of \(running.count)")
    check(running.count <= maxNumSeqs, "\(running.count) running with \(maxNumSeqs) slots")
    var held = 0
    for index in runningIndexes {
      let sequence = sequences[index]
      held += Int(sequence.blocks)
      check(sequence.phase == .running, "\(sequence.id) is in the running list but \(sequence.phase)")
      check(dues.due(index) != nil, "running \(sequence.id) is never due")
      check(sequence.generated < sequence.outputTokens, "running \(sequence.id) is complete")
      check(
        Int(sequence.blocks) >= blocks.blocks(for: sequence.contextTokens),
        "\(sequence.id) holds \(sequence.blocks) blocks for \(sequence.contextTokens) tokens")
    }
    check(held == blocks.used && blocks.used <= blocks.total, "\(held) blocks held, \(blocks.used) counted")

    var waitingCount = 0
    var prefillTokens = 0
    for (number, adapter) in adapters.adapters.enumerated() {
      let indexes = adapter.waiting.indexes(in: sequences)
      waitingCount += indexes.count
      prefillTokens += indexes.reduce(0) { $0 + sequences[$1].contextTokens }
      check(indexes.count == adapter.waiting.count, "queue of adapter \(number) has \(indexes.count)")
      var previous = Int64.min
      for index in indexes {
        let sequence = sequences[index]
        check(sequence.phase == .waiting && sequence.blocks == 0, "\(sequence.id) waits and is \(sequence.phase)")
        check(dues.due(index) == nil, "waiting \(sequence.id) is due")
        check(Int(sequence.adapter) == number, "\(sequence.id) waits for another adapter")
        check(sequence.order > previous, "\(sequence.id) waits out of turn")
        previous = sequence.order
      }
      let uses = runningIndexes.count { Int(sequences[$0].adapter) == number }
      check(uses == adapter.running, "adapter \(number) runs \(uses) of \(adapter.running)")
      check(adapter.running == 0 || adapter.isLoaded, "adapter \(number) runs and is not loaded")
    }
    check(waitingCount == waiting, "\(waitingCount) wait, \(waiting) counted")
    check(prefillTokens == waitingTokens, "\(prefillTokens) tokens wait, \(waitingTokens) counted")
    check(waiting + running.count == sequences.count, "\(sequences.count) live")
    violations += adapters.checkInvariants()
    if running.count < maxNumSeqs, let index = adapters.nextWaiting(in: sequences) {
      check(
        blocks.blocks(for: sequences[index].contextTokens + 1) > blocks.free, "\(sequences[index].id) waits needlessly")
    }
    let instants = unreported.map(\.instant)
    check(zip(instants, instants.dropFirst()).allSatisfy { $0 <= $1 }, "unreported emissions out of order")
    return violations
  }
}
