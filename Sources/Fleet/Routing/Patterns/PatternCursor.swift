/// A place in the text of a pattern.
struct PatternCursor {
  private let scalars: [Unicode.Scalar]
  private var index = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// The next scalar, which stays.
  var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  /// Takes the next scalar.
  mutating func next() -> Unicode.Scalar? {
    guard index < scalars.count else { return nil }
    defer { index += 1 }
    return scalars[index]
  }

  /// Takes `expected` if all of it is next.
  mutating func skip(_ expected: Unicode.Scalar...) -> Bool {
    guard scalars[index...].starts(with: expected) else { return false }
    index += expected.count
    return true
  }

  /// Takes a decimal number; nil when none is next. What is out of all bounds is `.max`.
  mutating func number() -> Int? {
    var number: Int?
    while let digit = peek, ("0"..."9").contains(digit) {
      let (product, overflow) = (number ?? 0).multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(digit.value) - 0x30)
      number = overflow || carry ? .max : sum
      index += 1
    }
    return number
  }

  /// Takes `{n}`, `{n,}` or `{n,m}`; a brace that begins none of them stands for itself.
  mutating func counts() -> (min: Int, max: Int?)? {
    let start = index
    guard skip("{"), let min = number() else {
      index = start
      return nil
    }
    if skip("}") { return (min, min) }
    if skip(",") {
      if skip("}") { return (min, nil) }
      if let max = number(), skip("}") { return (min, max) }
    }
    index = start
    return nil
  }
}
