/// All live sequences, running and waiting, each at an index that it keeps until it ends.
struct SequenceTable: Sendable {
  private var sequences: [LiveSequence] = []
  /// Kept apart from the sequences because reasons may hold references.
  private var reasons: [FinishReason] = []
  private var vacancies: [Int32] = []
  private var indexes: [RequestID: Int32] = [:]

  /// The sequences that fit without growing.
  var capacity: Int { sequences.count }
  /// The live sequences.
  var count: Int { indexes.count }

  /// The index of the live sequence `id`.
  func index(of id: RequestID) -> Int? { indexes[id].map { Int($0) } }

  subscript(index: Int) -> LiveSequence {
    @inline(__always) get { sequences[index] }
    @inline(__always) _modify { yield &sequences[index] }
  }

  func reason(at index: Int) -> FinishReason { reasons[index] }

  mutating func setReason(_ reason: FinishReason, at index: Int) { reasons[index] = reason }

  /// The index that is now `sequence`'s; its id is not live yet.
  mutating func insert(_ sequence: LiveSequence) -> Int {
    let index: Int32
    if let vacancy = vacancies.popLast() {
      index = vacancy
      sequences[Int(index)] = sequence
    } else {
      index = Int32(sequences.count)
      sequences.append(sequence)
      reasons.append(.stop)
    }
    let replaced = indexes.updateValue(index, forKey: sequence.id)
    precondition(replaced == nil, "the ids of live requests differ")
    return Int(index)
  }

  /// Ends the sequence at `index`, which is in no list.
  mutating func remove(at index: Int) {
    indexes[sequences[index].id] = nil
    sequences[index].phase = .vacant
    reasons[index] = .stop
    vacancies.append(Int32(truncatingIfNeeded: index))
  }
}
