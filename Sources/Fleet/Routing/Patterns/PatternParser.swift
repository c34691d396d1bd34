/// Reads RE2's syntax (github.com/google/re2/wiki/Syntax) without Unicode classes.
struct PatternParser {
  /// What `(?…)` switches.
  private struct Flags {
    var ignoresCase = false
    var dotTakesNewline = false
    var isMultiline = false
  }

  private static let maxDepth = 64
  private static let maxCount = 1000

  private var cursor: PatternCursor
  private var flags = Flags()
  private var depth = 0

  init(_ text: String) { cursor = PatternCursor(text) }

  /// The whole expression.
  mutating func parse() throws(PatternError) -> PatternNode {
    let node = try alternatives()
    guard cursor.peek == nil else { throw PatternError("a ')' without its '('") }
    return node
  }

  private mutating func alternatives() throws(PatternError) -> PatternNode {
    var choices = [try sequence()]
    while cursor.skip("|") { choices.append(try sequence()) }
    return choices.count == 1 ? choices[0] : .anyOf(choices)
  }

  private mutating func sequence() throws(PatternError) -> PatternNode {
    var parts: [PatternNode] = []
    while let next = cursor.peek, next != "|", next != ")" {
      guard let atom = try atom() else { continue }
      parts.append(try repetition(of: atom))
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func repetition(of atom: PatternNode) throws(PatternError) -> PatternNode {
    guard let (min, max) = try quantifier() else { return atom }
    // Whether few or many are preferred makes no difference to a match as a whole.
    _ = cursor.skip("?")
    guard try quantifier() == nil else { throw PatternError("a repetition of a repetition") }
    return .repeated(atom, min: min, max: max)
  }

  private mutating func quantifier() throws(PatternError) -> (min: Int, max: Int?)? {
    if cursor.skip("*") { return (0, nil) }
    if cursor.skip("+") { return (1, nil) }
    if cursor.skip("?") { return (0, 1) }
    guard let (min, max) = cursor.counts() else { return nil }
    guard min <= Self.maxCount, max ?? 0 <= Self.maxCount, min <= max ?? min else {
      throw PatternError("a repetition of more than \(Self.maxCount) times, or of a range that is upside down")
    }
    return (min, max)
  }

  /// What can be repeated; nil for flags, which are nothing themselves.
  private mutating func atom() throws(PatternError) -> PatternNode? {
    guard let scalar = cursor.next() else { return .empty }
    switch scalar {
    case "(": return try group()
    case "[":
      var set = try PatternClass.parse(&cursor)
      set.ignoresCase = flags.ignoresCase
      return .one(set)
    case ".": return .one(flags.dotTakesNewline ? .anything : .anythingInLine)
    case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
    case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
    case "*", "+", "?": throw PatternError("'\(scalar)' repeats nothing")
    case "\\": return try escape()
    default: return literal(scalar)
    }
  }

  private func literal(_ scalar: Unicode.Scalar) -> PatternNode {
    .one(ScalarSet(ranges: [scalar.value...scalar.value], ignoresCase: flags.ignoresCase))
  }

  private mutating func escape() throws(PatternError) -> PatternNode {
    if cursor.skip("A") { return .assertion(.textStart) }
    if cursor.skip("z") { return .assertion(.textEnd) }
    if cursor.skip("b") { return .assertion(.wordBoundary) }
    if cursor.skip("B") { return .assertion(.noWordBoundary) }
    if cursor.skip("Q") { return quotation() }
    switch try PatternClass.escape(&cursor) {
    case .scalar(let scalar): return literal(scalar)
    case .set(let set): return .one(set)
    }
  }

  /// `\Q…\E`, where every scalar stands for itself.
  private mutating func quotation() -> PatternNode {
    var parts: [PatternNode] = []
    while let scalar = cursor.peek, !cursor.skip("\\", "E") {
      _ = cursor.next()
      parts.append(literal(scalar))
    }
    return .sequence(parts)
  }

  private mutating func group() throws(PatternError) -> PatternNode? {
    let outer = flags
    if cursor.skip("?") {
      if cursor.skip("P", "<") || cursor.skip("<") {
        try skipName()
      } else if try !setFlags() {
        return nil
      }
    }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maxDepth else { throw PatternError("groups are nested deeper than \(Self.maxDepth)") }
    let node = try alternatives()
    guard cursor.skip(")") else { throw PatternError("a '(' without its ')'") }
    flags = outer
    return node
  }

  private mutating func skipName() throws(PatternError) {
    var count = 0
    while let scalar = cursor.next(), scalar != ">" {
      guard ScalarSet.word.contains(scalar) else { throw PatternError("look-around, or a group with a bad name") }
      count += 1
    }
    guard count > 0 else { throw PatternError("a group with an empty name") }
  }

  /// Reads `flags)`, which hold from here on, or `flags:`, which begins a group: true.
  private mutating func setFlags() throws(PatternError) -> Bool {
    var value = true
    while let scalar = cursor.next() {
      switch scalar {
      case "i": flags.ignoresCase = value
      case "s": flags.dotTakesNewline = value
      case "m": flags.isMultiline = value
      // Swaps few and many, which makes no difference here.
      case "U": break
      case "-": value = false
      case ":": return true
      case ")": return false
      default: throw PatternError("'(?\(scalar)' is not supported")
      }
    }
    throw PatternError("a '(' without its ')'")
  }
}
