/// The labels of a series, ordered by name as Python's Prometheus client writes them.
public struct Labels: Sendable, Hashable {
  /// Ordered by name, each name once.
  public private(set) var pairs: [Label]

  /// Names come from code, not from clients: an invalid or repeated one is a programmer's mistake. Values are free
  /// text.
  public init(_ pairs: [Label] = []) {
    self.pairs = pairs.sorted { $0.name < $1.name }
    precondition(pairs.allSatisfy { Label.isValidName($0.name) }, "label names are letters, digits and underscores")
    precondition(zip(self.pairs, self.pairs.dropFirst()).allSatisfy { $0.name != $1.name }, "each label once")
  }

  /// These labels and `others`, none of which may be present already.
  public func adding(_ others: Labels) -> Labels { Labels(pairs + others.pairs) }

  /// The value of the label called `name`; nil when there is none.
  public subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }
}

extension Labels: ExpressibleByDictionaryLiteral {
  /// See `init(_:)`.
  public init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements.map { Label(name: $0.0, value: $0.1) })
  }
}

/// One name and value of a series' labels.
public struct Label: Sendable, Hashable {
  /// Letters, digits and underscores, no digit first.
  public var name: String
  /// Unescaped.
  public var value: String

  /// A label; the name is checked where labels become a series.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }

  static func isValidName(_ name: String) -> Bool {
    let bytes = name.utf8
    guard let first = bytes.first, !isDigit(first) else { return false }
    return bytes.allSatisfy { isLabelByte($0) }
  }
}

/// Whether `byte` may stand in a label's name: `[a-zA-Z0-9_]`; a digit not at the start.
func isLabelByte(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_") }

func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
