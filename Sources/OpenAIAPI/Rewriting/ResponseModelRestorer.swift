internal import JSON

/// Gives an answer back the model name that its client asked for, while the answer passes through.
///
/// Replaces the value of the top-level member `model`, in a JSON document or in each event of an event stream, wherever
/// it is the target's name. Every other byte passes unchanged and at once; only a value that may turn out to be the
/// target's name is held back until that is decided, at most six bytes for each of the name's.
public struct ResponseModelRestorer: Sendable {
  private let format: BodyFormat
  private let target: [UInt8]
  /// The client's name as a JSON string.
  private let replacement: [UInt8]

  private var framing = EventStreamFraming()
  private var scanner = TopLevelScanner()
  private var candidate: Candidate?
  /// What earlier chunks had of the candidate.
  private var held: [UInt8] = []

  /// Restores an answer of that Content-Type.
  ///
  /// - Parameters:
  ///   - contentType: decides between JSON (`application/json`, `…+json`) and events (`text/event-stream`); an answer
  ///     of any other type passes untouched. Pass nil for an encoded (compressed) answer.
  ///   - target: the name that is replaced.
  ///   - client: the name that stands there afterwards.
  public init(contentType: String?, target: String, client: String) {
    format = BodyFormat(contentType: contentType)
    self.target = Array(target.utf8)
    var literal: [UInt8] = []
    literal.appendJSON(client)
    replacement = literal
  }

  /// Appends to `output` what may leave once `chunk` has arrived; with `isLast`, all there is.
  public mutating func transform(_ chunk: Span<UInt8>, isLast: Bool, into output: inout [UInt8]) {
    if format == .opaque { return output.append(chunk, 0..<chunk.count) }
    // From here on, bytes have neither been passed on nor been copied to `held`.
    var pending = 0
    var index = 0
    while index < chunk.count {
      let byte = chunk[index]
      let isData = advance(byte, at: index, of: chunk, &pending, into: &output)
      index += 1
      if isData, candidate == nil { index = scanner.skipText(chunk, from: index) }
    }
    if isLast { release(into: &output) }
    if candidate != nil {
      for index in pending..<chunk.count { held.append(chunk[index]) }
    } else {
      output.append(chunk, pending..<chunk.count)
    }
  }

  /// What may leave once `chunk` has arrived; with `isLast`, all there is.
  public mutating func transform(_ chunk: [UInt8], isLast: Bool) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(chunk.count + held.count)
    transform(chunk.span, isLast: isLast, into: &output)
    return output
  }

  /// Takes one byte; true when it is JSON, not framing.
  private mutating func advance(
    _ byte: UInt8, at index: Int, of chunk: Span<UInt8>, _ pending: inout Int, into output: inout [UInt8]
  ) -> Bool {
    switch format == .json ? .data : framing.classify(byte) {
    case .framing: return false
    case .lineEnd:
      // A line feed ends a candidate: no string holds one.
      _ = scanner.consume(0x0A)
      release(into: &output)
      return false
    case .eventEnd:
      scanner.reset()
      return false
    case .data: break
    }
    let step = scanner.consume(byte)
    if candidate == nil {
      guard step == .valueBegins, byte == UInt8(ascii: "\""), scanner.isNamed("model") else { return true }
      output.append(chunk, pending..<index)
      pending = index
      candidate = Candidate(target)
      return true
    }
    switch step {
    case .value:
      candidate!.consume(byte)
      if candidate!.comparison.differs { release(into: &output) }
    case .valueEnds where candidate!.isTarget():
      output.append(contentsOf: replacement)
      pending = index + 1
      held.removeAll(keepingCapacity: true)
      candidate = nil
    case .structure, .valueBegins, .valueEnds: release(into: &output)
    }
    return true
  }

  /// Passes on what earlier chunks had of a candidate that is none.
  private mutating func release(into output: inout [UInt8]) {
    candidate = nil
    output.append(contentsOf: held)
    held.removeAll(keepingCapacity: true)
  }
}

extension [UInt8] {
  /// Appends a part of `bytes`.
  fileprivate mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    // Unsafe: the pointer is used only inside the closure, where the span keeps it valid.
    bytes.extracting(range).withUnsafeBufferPointer { append(contentsOf: $0) }
  }
}

/// A string value that is the target's name as far as it has come.
private struct Candidate {
  private var decoder = JSONStringDecoder()
  private(set) var comparison: TextComparison

  init(_ target: [UInt8]) { comparison = TextComparison(target) }

  mutating func consume(_ byte: UInt8) { decoder.consume(byte, into: &comparison) }

  /// Ends the string; true when it is the name.
  mutating func isTarget() -> Bool {
    decoder.finish(into: &comparison)
    return comparison.isEqual
  }
}

/// Compares a text that is still coming with one that is known.
private struct TextComparison: DecodedText {
  private let known: [UInt8]
  private var matched = 0
  /// The texts are not equal, whatever follows.
  private(set) var differs = false

  init(_ known: [UInt8]) { self.known = known }

  var isEqual: Bool { !differs && matched == known.count }

  mutating func append(_ byte: UInt8) {
    if matched < known.count, known[matched] == byte { matched += 1 } else { differs = true }
  }
}
