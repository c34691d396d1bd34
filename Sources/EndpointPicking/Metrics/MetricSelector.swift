/// Which series of a metrics page are meant: those of one metric that have certain labels (PromQL, instant vector
/// selectors, of which only equality is understood).
public struct MetricSelector: Sendable, Hashable {
  /// A label and the value that it must have.
  public struct Label: Sendable, Hashable {
    /// The label's name.
    public var name: String
    /// Its value, without quotes and escapes.
    public var value: String
  }

  /// The metric's name as a sample's line begins with it: counters with their `_total`.
  public var name: String
  /// All of them must match; further labels of a series do not matter.
  public var labels: [Label]

  /// All series of a metric.
  public init(name: String, labels: [Label] = []) {
    self.name = name
    self.labels = labels
  }

  /// Reads `name` or `name{label="value", other=value}`; quotes around values may be left out, as GIE allows.
  ///
  /// Throws what is wrong with it, in words that name it.
  public init(parsing text: String) throws(MetricSelectorError) {
    var parser = MetricSelectorParser(text)
    self = try parser.selector()
  }
}

extension MetricSelector: CustomStringConvertible {
  /// As it can be parsed again.
  public var description: String {
    if labels.isEmpty { return name }
    return name + "{" + labels.map { "\($0.name)=\($0.value.debugDescription)" }.joined(separator: ",") + "}"
  }
}

/// A text that is not a selector.
public struct MetricSelectorError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The text and what is wrong with it.
  public var description: String
}

/// Reads one selector from its beginning to its end.
private struct MetricSelectorParser {
  private let text: String
  private let bytes: [UInt8]
  private var place = 0

  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  mutating func selector() throws(MetricSelectorError) -> MetricSelector {
    skipBlanks()
    let name = name(allowingColons: true)
    guard !name.isEmpty else { throw wrong("it does not begin with a metric's name") }
    var selector = MetricSelector(name: name)
    skipBlanks()
    if take("{") {
      skipBlanks()
      while !take("}") {
        selector.labels.append(try label())
        skipBlanks()
        guard take(",") || next == UInt8(ascii: "}") else { throw wrong("a label is not followed by , or }") }
        skipBlanks()
      }
      skipBlanks()
    }
    guard place == bytes.count else { throw wrong("there is more after its end") }
    return selector
  }

  private mutating func label() throws(MetricSelectorError) -> MetricSelector.Label {
    let name = name(allowingColons: false)
    guard !name.isEmpty else { throw wrong("a label's name is missing") }
    skipBlanks()
    guard take("="), next != UInt8(ascii: "~") else { throw wrong("label \(name) is not followed by =") }
    skipBlanks()
    return MetricSelector.Label(name: name, value: try value(of: name))
  }

  private mutating func value(of label: String) throws(MetricSelectorError) -> String {
    var value: [UInt8] = []
    guard let quote = next, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      while let byte = next, !Self.endsBareValue(byte) { value.append(advance(byte)) }
      guard !value.isEmpty else { throw wrong("label \(label) has no value") }
      return String(decoding: value, as: UTF8.self)
    }
    place += 1
    while let byte = next {
      place += 1
      if byte == quote { return String(decoding: value, as: UTF8.self) }
      guard byte == UInt8(ascii: "\\") else {
        value.append(byte)
        continue
      }
      guard let escaped = next else { break }
      place += 1
      value.append(escaped == UInt8(ascii: "n") ? UInt8(ascii: "\n") : escaped)
    }
    throw wrong("the value of label \(label) has no closing quote")
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func advance(_ byte: UInt8) -> UInt8 {
    place += 1
    return byte
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func skipBlanks() { while let byte = next, byte == 32 || byte == 9 { place += 1 } }

  private mutating func name(allowingColons: Bool) -> String {
    let start = place
    while let byte = next {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): break
      case UInt8(ascii: "0")...UInt8(ascii: "9") where place > start: break
      case UInt8(ascii: ":") where allowingColons: break
      default: return String(decoding: bytes[start..<place], as: UTF8.self)
      }
      place += 1
    }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private static func endsBareValue(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "\"") || byte == 32 || byte == 9
  }

  private func wrong(_ reason: String) -> MetricSelectorError {
    MetricSelectorError(description: "not a metric selector: \(text.debugDescription): \(reason)")
  }
}
