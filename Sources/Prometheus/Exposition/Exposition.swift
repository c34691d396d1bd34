/// A page in Prometheus' text format 0.0.4 while it is written.
///
/// The format wants all series of a family in one group. `ScalarFamily` and `HistogramFamily` keep the series of every
/// instance together and guarantee that; with `begin` and the pieces below it, the caller does.
public struct Exposition: Sendable {
  /// The `Content-Type` of a page.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// What was written so far.
  public internal(set) var bytes: [UInt8] = []

  /// An empty page with room for `capacity` bytes.
  public init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  /// Writes a family's HELP and TYPE lines. All of its samples follow before the next family begins.
  public mutating func begin(_ family: Family) { bytes.append(contentsOf: family.header) }

  /// Writes one sample of the family that was begun.
  public mutating func sample(_ series: SeriesPrefix, _ value: Double) {
    bytes.append(contentsOf: series.text)
    end(with: value)
  }

  /// Writes a part of a sample's line as it is.
  public mutating func text(_ part: [UInt8]) { bytes.append(contentsOf: part) }

  /// Writes a part of a sample's line as it is.
  public mutating func text(_ part: StaticString) {
    part.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Writes free text between the quotes of a label, with its escapes.
  public mutating func escaped(_ value: String) { bytes.appendEscaped(value, quotes: true) }

  /// Ends a sample's line with its value.
  public mutating func end(with value: Double) {
    bytes.appendNumber(value)
    bytes.append(UInt8(ascii: "\n"))
  }
}

/// A series' name and labels, rendered once.
public struct SeriesPrefix: Sendable, Hashable {
  let text: [UInt8]

  /// `name` as exposed, for example with `_count` for that line of a summary.
  public init(_ name: String, _ labels: Labels = [:]) {
    var text: [UInt8] = []
    text.appendSeries(name, labels)
    self.text = text
  }
}
