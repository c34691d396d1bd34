/// One sample line of a scraped page.
public struct ParsedSample: Sendable, Equatable {
  /// As exposed, for example with `_bucket`.
  public var name: String
  /// In the page's order, unescaped. A tolerant reader: names may repeat.
  public var labels: [Label]
  /// Any double, NaN and infinities included.
  public var value: Double
  /// Milliseconds since 1970; nil when the page gave none.
  public var timestamp: Int64?

  /// A sample as a page would give it.
  public init(name: String, labels: [Label] = [], value: Double, timestamp: Int64? = nil) {
    self.name = name
    self.labels = labels
    self.value = value
    self.timestamp = timestamp
  }

  /// The value of the first label called `name`; nil when there is none.
  public subscript(label name: String) -> String? { labels.first { $0.name == name }?.value }
}

/// What a scrape found.
public struct ParseResult: Sendable, Equatable {
  /// Samples reported.
  public var samples = 0
  /// Samples passed over because nobody asked for their name.
  public var skipped = 0
  /// Lines that could not be read, or were beyond a limit.
  public var malformed = 0
  /// The page went on after `ParserLimits.samples`.
  public var truncated = false

  /// A page without samples.
  public init() {}
}

/// How much of a page a parser is willing to read.
public struct ParserLimits: Sendable, Equatable {
  /// Longer lines count as malformed.
  public var lineBytes = 64 << 10
  /// Samples with more labels count as malformed.
  public var labels = 128
  /// Reading stops after so many reported samples.
  public var samples = 1_000_000

  /// Far more than an engine's page needs.
  public init() {}
}
