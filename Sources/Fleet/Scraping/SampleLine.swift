/// One line of a metrics page behind the metric's name (Prometheus, text format 0.0.4):
/// `{label="value",…} value timestamp`.
///
/// Nothing of it is copied. Malformed lines are nil, or end early.
enum SampleLine {
  /// A value and when it was taken, in milliseconds since 1970; 0 when the line does not say.
  struct Sample: Equatable {
    var value: Double
    var timestamp: Int64 = 0
  }

  /// What stands behind the labels, if a number does.
  ///
  /// - Parameter nameLength: the bytes of the metric's name, with which `line` begins.
  static func sample(_ line: Span<UInt8>, nameLength: Int) -> Sample? {
    guard var place = labels(line, nameLength: nameLength, { _, _ in true }) else { return nil }
    let value = word(line, at: &place)
    guard let number = DecimalText.number(line, value) else { return nil }
    let time = word(line, at: &place)
    return Sample(value: number, timestamp: time.isEmpty ? 0 : DecimalText.integer(line, time) ?? 0)
  }

  /// The line has a label of that name and value, neither of which is escaped.
  static func has(_ line: Span<UInt8>, nameLength: Int, _ label: [UInt8], _ value: [UInt8]) -> Bool {
    var found = false
    _ = labels(line, nameLength: nameLength) { name, text in
      guard equal(line, name, label) else { return true }
      found = equal(line, text, value)
      return false
    }
    return found
  }

  /// Calls `body` with the places of each label's name and value, escapes included, until it says no.
  ///
  /// - Returns: where the labels end; nil when they do not, and when `body` said no.
  static func labels(
    _ line: Span<UInt8>, nameLength: Int, _ body: (Range<Int>, Range<Int>) -> Bool
  ) -> Int? {
    var place = nameLength
    skipBlanks(line, &place)
    guard place < line.count, line[place] == UInt8(ascii: "{") else { return place }
    place += 1
    while true {
      while place < line.count, line[place].isBlank || line[place] == UInt8(ascii: ",") { place += 1 }
      guard place < line.count else { return nil }
      if line[place] == UInt8(ascii: "}") { return place + 1 }
      let nameStart = place
      while place < line.count, line[place] != UInt8(ascii: "="), !line[place].isBlank { place += 1 }
      let name = nameStart..<place
      skipBlanks(line, &place)
      guard place < line.count, line[place] == UInt8(ascii: "=") else { return nil }
      place += 1
      skipBlanks(line, &place)
      guard place < line.count, line[place] == UInt8(ascii: "\"") else { return nil }
      place += 1
      let valueStart = place
      while place < line.count, line[place] != UInt8(ascii: "\"") {
        place += line[place] == UInt8(ascii: "\\") ? 2 : 1
      }
      guard place < line.count else { return nil }
      guard body(name, valueStart..<place) else { return nil }
      place += 1
    }
  }

  static func equal(_ line: Span<UInt8>, _ range: Range<Int>, _ text: [UInt8]) -> Bool {
    guard range.count == text.count else { return false }
    for offset in 0..<text.count where line[range.lowerBound + offset] != text[offset] { return false }
    return true
  }

  private static func skipBlanks(_ line: Span<UInt8>, _ place: inout Int) {
    while place < line.count, line[place].isBlank { place += 1 }
  }

  private static func word(_ line: Span<UInt8>, at place: inout Int) -> Range<Int> {
    skipBlanks(line, &place)
    let start = place
    while place < line.count, !line[place].isBlank { place += 1 }
    return start..<place
  }
}

extension UInt8 {
  /// Also the first half of a line's end on some systems.
  fileprivate var isBlank: Bool { self == 32 || self == 9 || self == 13 }
}
