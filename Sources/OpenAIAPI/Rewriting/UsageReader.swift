public import JSON

/// Reads out of a passing answer what a gateway measures: its token counts, and when its content began.
///
/// Looks at the same bytes as `ResponseModelRestorer`, changes nothing, and keeps at most `maxKeptBytes` of an event or
/// of the counts' object: more than that of either is not read.
public struct UsageReader {
  /// 1 MiB.
  public static let maxKeptBytes = 1 << 20

  /// The newest counts, member by member; nil while none have come.
  public private(set) var usage: ReportedUsage?
  /// Events whose data is a JSON object, which `[DONE]` is not; 0 for an answer that is no event stream.
  public private(set) var eventCount = 0
  /// The `now` of the chunk that ended the first event with content; nil for an answer that is no event stream.
  public private(set) var firstContentAt: Int64?

  private let format: BodyFormat
  private let parser: JSONParser
  private var framing = EventStreamFraming()
  private var scanner = TopLevelScanner()
  /// The data of an event that may be the first with content.
  private var event = CappedBytes()
  /// The data up to here is a whole document, and its line has ended.
  private var isLineOver = false
  private var counts = CappedBytes()
  private var counted = Counted.nothing
  /// What the current document or event says.
  private var found: ReportedUsage?
  private var foundInside: ReportedUsage?

  /// Where the member that is being kept has its counts.
  private enum Counted {
    case nothing
    /// It is `usage` itself.
    case usage
    /// It has a `usage`: Anthropic's `message` (event `message_start`), the Responses API's `response`.
    case member
  }

  /// Reads an answer of that Content-Type; of any other than JSON and event streams nothing is read.
  ///
  /// - Parameter parser: lent for as long as this lives; for use on one thread.
  public init(contentType: String?, parser: JSONParser) {
    format = BodyFormat(contentType: contentType)
    self.parser = parser
  }

  /// Takes the next bytes, which came at `now`; `isLast` ends the answer.
  public mutating func read(_ chunk: Span<UInt8>, at now: Int64, isLast: Bool = false) {
    guard format != .opaque else { return }
    if format == .eventStream, scanner.isComplete, chunk.startsWithData {
      // A line that lacks its end is over as well (GIE v1.5 reads chunk by chunk).
      endEvent(at: now)
      framing.beginLine()
    }
    var index = 0
    while index < chunk.count {
      let byte = chunk[index]
      index += 1
      switch format == .json ? .data : framing.classify(byte) {
      case .framing: continue
      case .data:
        // Events without an empty line between them are read one by one (GIE v1.5 reads line by line).
        if isLineOver { endEvent(at: now) }
        take(byte)
      case .lineEnd:
        take(0x0A)
        isLineOver = scanner.isComplete
      case .eventEnd: endEvent(at: now)
      }
      if counted == .nothing, !keepsEvent { index = scanner.skipText(chunk, from: index) }
    }
    guard isLast else { return }
    if format == .json { endDocument() } else { endEvent(at: now) }
  }

  /// Takes the next bytes, which came at `now`; `isLast` ends the answer.
  public mutating func read(_ chunk: [UInt8], at now: Int64, isLast: Bool = false) {
    read(chunk.span, at: now, isLast: isLast)
  }

  private var keepsEvent: Bool { format == .eventStream && firstContentAt == nil }

  private mutating func take(_ byte: UInt8) {
    if keepsEvent { event.append(byte) }
    switch scanner.consume(byte) {
    case .structure: counted = .nothing
    case .valueBegins:
      counts.removeAll()
      counted = .nothing
      if scanner.isNamed("usage") {
        found = nil
        counted = .usage
      } else if scanner.isNamed("message") || scanner.isNamed("response") {
        foundInside = nil
        counted = .member
      }
      if byte != UInt8(ascii: "{") { counted = .nothing }
      if counted != .nothing { counts.append(byte) }
    case .value: if counted != .nothing { counts.append(byte) }
    case .valueEnds:
      guard counted != .nothing else { return }
      counts.append(byte)
      readCounts()
      counted = .nothing
    }
  }

  private mutating func readCounts() {
    guard let bytes = counts.whole, let document = try? parser.parse(bytes) else { return }
    switch counted {
    case .nothing: break
    case .usage: found = document.withRoot { ReportedUsage($0) }
    case .member: foundInside = document.withRoot { $0.member("usage").flatMap { ReportedUsage($0) } }
    }
  }

  private mutating func endDocument() {
    if scanner.isComplete {
      for part in [foundInside, found] {
        guard let part else { continue }
        if usage == nil { usage = part } else { usage!.update(with: part) }
      }
    }
    (found, foundInside) = (nil, nil)
    counted = .nothing
    scanner.reset()
  }

  private mutating func endEvent(at now: Int64) {
    if scanner.isComplete {
      eventCount += 1
      if keepsEvent, let bytes = event.whole, let document = try? parser.parse(bytes),
        document.withRoot({ StreamedContent.isPresent(in: $0) })
      {
        firstContentAt = now
      }
    }
    event.removeAll()
    endDocument()
    isLineOver = false
  }
}

extension Span<UInt8> {
  /// Begins with the name of an event's data.
  fileprivate var startsWithData: Bool {
    let name: StaticString = "data:"
    guard count >= name.utf8CodeUnitCount else { return false }
    return (0..<name.utf8CodeUnitCount).allSatisfy { self[$0] == name.utf8Start[$0] }
  }
}

/// Bytes up to a limit, above which there are none.
private struct CappedBytes {
  private var bytes: [UInt8] = []
  private var overflowed = false

  /// All bytes since `removeAll`; nil when they were too many.
  var whole: [UInt8]? { overflowed ? nil : bytes }

  mutating func append(_ byte: UInt8) {
    if overflowed { return }
    if bytes.count == UsageReader.maxKeptBytes {
      overflowed = true
      bytes = []
    } else {
      bytes.append(byte)
    }
  }

  mutating func removeAll() {
    // What one large event took is given back.
    bytes.removeAll(keepingCapacity: bytes.capacity <= 4096)
    overflowed = false
  }
}
