/// A cursor over one line of a page; every read checks the line's end.
struct LineReader {
  private let page: UnsafeRawBufferPointer
  private var position: Int
  private let end: Int

  init(_ page: UnsafeRawBufferPointer, _ line: Range<Int>) {
    self.page = page
    position = line.lowerBound
    end = line.upperBound
  }

  /// The next byte; nil at the end.
  var peek: UInt8? { position < end ? page[position] : nil }

  mutating func skipSpaces() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0D { position += 1 }
  }

  /// Where the metric's name lies in the page; nil when the line begins with something else.
  mutating func metricName() -> Range<Int>? {
    let start = position
    while let byte = peek, isLabelByte(byte) || byte == UInt8(ascii: ":") { position += 1 }
    guard position > start, !isDigit(page[start]) else { return nil }
    return start..<position
  }

  /// The rest of the line after its name: labels, value, timestamp.
  mutating func sample(named name: Range<Int>, maxLabels: Int) -> ParsedSample? {
    skipSpaces()
    var labels: [Label] = []
    if peek == UInt8(ascii: "{") {
      position += 1
      guard let read = self.labels(atMost: maxLabels) else { return nil }
      labels = read
    } else if position == name.upperBound {
      // Nothing separates the name from what follows, so it was not a name.
      return nil
    }
    guard let value = word().flatMap({ parseNumber(page[$0]) }) else { return nil }
    var timestamp: Int64?
    if let word = word() {
      guard let read = Int64(string(word)) else { return nil }
      timestamp = read
    }
    skipSpaces()
    guard peek == nil else { return nil }
    return ParsedSample(name: string(name), labels: labels, value: value, timestamp: timestamp)
  }

  /// Labels up to and including the closing brace; a comma may follow the last one.
  private mutating func labels(atMost limit: Int) -> [Label]? {
    var labels: [Label] = []
    while true {
      skipSpaces()
      if peek == UInt8(ascii: "}") {
        position += 1
        return labels
      }
      guard labels.count < limit, let label = label() else { return nil }
      labels.append(label)
      skipSpaces()
      if peek == UInt8(ascii: ",") {
        position += 1
      } else if peek != UInt8(ascii: "}") {
        return nil
      }
    }
  }

  private mutating func label() -> Label? {
    let start = position
    while let byte = peek, isLabelByte(byte) { position += 1 }
    guard position > start, !isDigit(page[start]) else { return nil }
    let name = string(start..<position)
    skipSpaces()
    guard take(UInt8(ascii: "=")) else { return nil }
    skipSpaces()
    guard take(UInt8(ascii: "\"")) else { return nil }
    return quoted().map { Label(name: name, value: $0) }
  }

  /// Text up to and including the closing quote, its escapes undone; an unknown escape stays as it is.
  private mutating func quoted() -> String? {
    var start = position
    var text: [UInt8] = []
    while let byte = peek {
      position += 1
      if byte == UInt8(ascii: "\"") {
        if text.isEmpty { return string(start..<position - 1) }
        text.append(contentsOf: page[start..<position - 1])
        return String(decoding: text, as: UTF8.self)
      }
      guard byte == UInt8(ascii: "\\"), let escaped = peek else { continue }
      text.append(contentsOf: page[start..<position - 1])
      position += 1
      start = position
      switch escaped {
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "\\"), UInt8(ascii: "\""): text.append(escaped)
      default: text.append(contentsOf: [byte, escaped])
      }
    }
    return nil
  }

  /// The next run of bytes without spaces; nil at the end.
  private mutating func word() -> Range<Int>? {
    skipSpaces()
    let start = position
    while let byte = peek, byte > 0x20 { position += 1 }
    return position > start ? start..<position : nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  private func string(_ range: Range<Int>) -> String { String(decoding: page[range], as: UTF8.self) }
}
