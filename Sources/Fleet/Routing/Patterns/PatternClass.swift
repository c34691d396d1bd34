/// Reads `[…]` and what a backslash means, which is nearly the same inside and outside of brackets.
enum PatternClass {
  /// What an escape stands for.
  enum Escape {
    case scalar(Unicode.Scalar)
    case set(ScalarSet)
  }

  /// Reads a class whose '[' was taken.
  static func parse(_ cursor: inout PatternCursor) throws(PatternError) -> ScalarSet {
    var set = ScalarSet()
    let isNegated = cursor.skip("^")
    var isFirst = true
    while true {
      // A ']' in the first place stands for itself.
      if !isFirst, cursor.skip("]") { break }
      isFirst = false
      if cursor.skip("[", ":") {
        set.formUnion(try named(&cursor))
        continue
      }
      let low: Unicode.Scalar
      switch try item(&cursor) {
      case .set(let other):
        set.formUnion(other)
        continue
      case .scalar(let scalar): low = scalar
      }
      var high = low
      var ahead = cursor
      if ahead.skip("-"), let end = ahead.peek, end != "]" {
        cursor = ahead
        guard case .scalar(let scalar) = try item(&cursor) else { throw PatternError("a range that ends in a class") }
        high = scalar
      }
      guard low <= high else { throw PatternError("a range '\(low)-\(high)' that is upside down") }
      set.insert(low.value...high.value)
    }
    set.isNegated = isNegated
    return set
  }

  private static func item(_ cursor: inout PatternCursor) throws(PatternError) -> Escape {
    guard let scalar = cursor.next() else { throw PatternError("a '[' without its ']'") }
    return scalar == "\\" ? try escape(&cursor) : .scalar(scalar)
  }

  /// Reads an escape whose backslash was taken.
  static func escape(_ cursor: inout PatternCursor) throws(PatternError) -> Escape {
    guard let scalar = cursor.next() else { throw PatternError("a backslash at the end") }
    switch scalar {
    case "d": return .set(.digits)
    case "D": return .set(ScalarSet.digits.inverted)
    case "w": return .set(.word)
    case "W": return .set(ScalarSet.word.inverted)
    case "s": return .set(.space)
    case "S": return .set(ScalarSet.space.inverted)
    case "a": return .scalar("\u{7}")
    case "f": return .scalar("\u{C}")
    case "n": return .scalar("\n")
    case "r": return .scalar("\r")
    case "t": return .scalar("\t")
    case "v": return .scalar("\u{B}")
    case "x": return .scalar(try hexadecimal(&cursor))
    default:
      guard scalar.isASCII, !ScalarSet.word.contains(scalar) || scalar == "_" else {
        throw PatternError("'\\\(scalar)' is not supported")
      }
      return .scalar(scalar)
    }
  }

  /// `7F` or `{10FFFF}`.
  private static func hexadecimal(_ cursor: inout PatternCursor) throws(PatternError) -> Unicode.Scalar {
    let isLong = cursor.skip("{")
    var digits = ""
    while digits.unicodeScalars.count < (isLong ? 8 : 2), let digit = cursor.peek, digit.properties.isASCIIHexDigit {
      digits.unicodeScalars.append(digit)
      _ = cursor.next()
    }
    let isComplete = isLong ? cursor.skip("}") : digits.utf8.count == 2
    guard isComplete, let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
      throw PatternError("'\\x' without a code point")
    }
    return scalar
  }

  /// Reads `alpha:]`, `^alpha:]` and the like.
  private static func named(_ cursor: inout PatternCursor) throws(PatternError) -> ScalarSet {
    let isNegated = cursor.skip("^")
    var name = ""
    while let scalar = cursor.next(), scalar != ":" { name.unicodeScalars.append(scalar) }
    guard cursor.skip("]"), let ranges = byName[name] else { throw PatternError("there is no class '[:\(name):]'") }
    let set = ScalarSet(ranges: ranges)
    return isNegated ? set.inverted : set
  }

  private static let byName: [String: [ClosedRange<UInt32>]] = [
    "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A], "alpha": [0x41...0x5A, 0x61...0x7A], "ascii": [0...0x7F],
    "blank": [0x09...0x09, 0x20...0x20], "cntrl": [0...0x1F, 0x7F...0x7F], "digit": [0x30...0x39],
    "graph": [0x21...0x7E], "lower": [0x61...0x7A], "print": [0x20...0x7E],
    "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E], "space": [0x09...0x0D, 0x20...0x20],
    "upper": [0x41...0x5A], "word": [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A],
    "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
  ]
}
