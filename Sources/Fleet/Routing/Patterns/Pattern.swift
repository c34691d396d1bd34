/// A regular expression of RE2's syntax, which is what Envoy-based gateways take, that must match a text as a whole.
///
/// Matching never goes back: all ways through the expression are followed at once (Thompson, "Regular expression search
/// algorithm", 1968), so that the time is at most the length of the text times the size of the expression, and no
/// expression of a manifest can be made to hang by what a client sends. Back-references and look-around, which cannot
/// be matched that way, are errors, as they are in RE2; so are Unicode classes (`\p{…}`), which are left out.
struct Pattern: Sendable {
  /// The largest size of an expression, in steps, after counted repetitions are written out.
  static let maxSteps = 4096

  private let program: [PatternStep]

  /// Compiles `text`, or says what is wrong with it.
  init(_ text: String) throws(PatternError) {
    var parser = PatternParser(text)
    var compiler = PatternCompiler()
    program = try compiler.compile(try parser.parse())
  }

  /// Whether all of `text` matches.
  func matches(_ text: String) -> Bool {
    var run = PatternRun(count: program.count)
    var before: Unicode.Scalar?
    var scalars = text.unicodeScalars.makeIterator()
    var here = scalars.next()
    run.enter(0, of: program, before: before, after: here)
    while let scalar = here {
      let after = scalars.next()
      guard run.step(program, over: scalar, after: after) else { return false }
      before = scalar
      here = after
    }
    return run.isMatch
  }
}

/// The ways through a program that are still open at one place of a text.
private struct PatternRun {
  /// Steps that wait for a scalar.
  private var open: [Int] = []
  private var next: [Int] = []
  /// The place at which a step was last entered, so that each is entered once per place.
  private var entered: [Int]
  private var place = 1
  private var stack: [Int] = []
  /// The way to the end of the program is open here.
  private(set) var isMatch = false

  init(count: Int) { entered = [Int](repeating: 0, count: count) }

  /// Goes on over `scalar`; false when no way is left.
  mutating func step(_ program: [PatternStep], over scalar: Unicode.Scalar, after: Unicode.Scalar?) -> Bool {
    place += 1
    isMatch = false
    swap(&open, &next)
    open.removeAll(keepingCapacity: true)
    for index in next {
      guard case .take(let set) = program[index], set.contains(scalar) else { continue }
      enter(index + 1, of: program, before: scalar, after: after)
    }
    return isMatch || !open.isEmpty
  }

  /// Opens the way at `first` with all that can be reached from there without a scalar.
  mutating func enter(
    _ first: Int, of program: [PatternStep], before: Unicode.Scalar?, after: Unicode.Scalar?
  ) {
    stack.append(first)
    while let index = stack.popLast() {
      guard entered[index] != place else { continue }
      entered[index] = place
      switch program[index] {
      case .take: open.append(index)
      case .jump(let target): stack.append(target)
      case .split(let a, let b):
        stack.append(b)
        stack.append(a)
      case .assert(let assertion): if assertion.holds(between: before, and: after) { stack.append(index + 1) }
      case .match: isMatch = true
      }
    }
  }
}

extension PatternNode.Assertion {
  fileprivate func holds(between before: Unicode.Scalar?, and after: Unicode.Scalar?) -> Bool {
    switch self {
    case .textStart: before == nil
    case .textEnd: after == nil
    case .lineStart: before == nil || before == "\n"
    case .lineEnd: after == nil || after == "\n"
    case .wordBoundary: Self.isWord(before) != Self.isWord(after)
    case .noWordBoundary: Self.isWord(before) == Self.isWord(after)
    }
  }

  private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return false }
    return ScalarSet.word.contains(scalar)
  }
}
