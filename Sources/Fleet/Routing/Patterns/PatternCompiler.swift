/// One step of a compiled pattern; unless it says otherwise the next one follows.
enum PatternStep: Sendable {
  /// Takes a scalar of the set.
  case take(ScalarSet)
  /// Goes on in both places.
  case split(Int, Int)
  case jump(Int)
  /// Goes on only where that holds.
  case assert(PatternNode.Assertion)
  /// The end.
  case match
}

/// Writes a parsed pattern as a list of steps.
struct PatternCompiler {
  private var steps: [PatternStep] = []

  /// The steps of `node` with the end, or an error when they are too many.
  mutating func compile(_ node: PatternNode) throws(PatternError) -> [PatternStep] {
    steps = []
    try emit(node)
    try append(.match)
    return steps
  }

  private mutating func append(_ step: PatternStep) throws(PatternError) {
    guard steps.count < Pattern.maxSteps else { throw PatternError("too large with its repetitions written out") }
    steps.append(step)
  }

  private mutating func emit(_ node: PatternNode) throws(PatternError) {
    switch node {
    case .empty: break
    case .one(let set): try append(.take(set))
    case .assertion(let assertion): try append(.assert(assertion))
    case .sequence(let parts): for part in parts { try emit(part) }
    case .anyOf(let choices): try emit(choices: choices)
    case .repeated(let node, let min, let max): try emit(node, min: min, max: max)
    }
  }

  private mutating func emit(choices: [PatternNode]) throws(PatternError) {
    var ends: [Int] = []
    for (index, choice) in choices.enumerated() {
      let isLast = index == choices.count - 1
      let split = steps.count
      if !isLast { try append(.split(split + 1, split + 1)) }
      try emit(choice)
      if !isLast {
        ends.append(steps.count)
        try append(.jump(0))
        steps[split] = .split(split + 1, steps.count)
      }
    }
    for end in ends { steps[end] = .jump(steps.count) }
  }

  private mutating func emit(_ node: PatternNode, min: Int, max: Int?) throws(PatternError) {
    for _ in 0..<min {
      let before = steps.count
      try emit(node)
      // Nothing, however often, is nothing; without this, nested repetitions of it would take long to write out.
      if steps.count == before { return }
    }
    guard let max else {
      let split = steps.count
      try append(.split(split + 1, split + 1))
      try emit(node)
      try append(.jump(split))
      steps[split] = .split(split + 1, steps.count)
      return
    }
    var splits: [Int] = []
    for _ in min..<max {
      splits.append(steps.count)
      try append(.split(0, 0))
      let before = steps.count
      try emit(node)
      if steps.count == before { break }
    }
    for split in splits { steps[split] = .split(split + 1, steps.count) }
  }
}
