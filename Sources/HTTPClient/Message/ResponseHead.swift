internal import HTTPServer

/// Gathers the head of an answer from its lines (RFC 9112, 4 and 5).
struct ResponseHead {
  /// What a line led to.
  enum Step {
    case more
    case complete(status: Int, headers: [HTTPHeader])
    /// The answer cannot be used; says why.
    case refused(String)
  }

  private enum Phase {
    case statusLine
    case fields(status: Int)
    /// Later lines are trailers, which nobody asked for.
    case complete
  }

  private let maxBytes: Int
  private var phase = Phase.statusLine
  private var size = 0
  private var headers: [HTTPHeader] = []

  /// A head for an answer of at most `maxBytes`, interim ones included.
  init(maxBytes: Int) { self.maxBytes = maxBytes }

  /// The final answer's head has been seen to its end.
  var isComplete: Bool { if case .complete = phase { true } else { false } }

  /// Takes the next line, with or without its end.
  mutating func take(_ line: Span<UInt8>) -> Step {
    size += line.count
    let end = line.endOfText
    switch phase {
    case .statusLine:
      guard let status = line.status(until: end) else { return .refused("not a status line: \(line.text(0..<end))") }
      phase = .fields(status: status)
    case .fields(let status):
      if end == 0 { return finish(status) }
      takeField(line, end)
    case .complete:
      return .more
    }
    return size > maxBytes ? .refused("the answer's head has more than \(maxBytes) bytes") : .more
  }

  private mutating func finish(_ status: Int) -> Step {
    if status == 101 { return .refused("the server switched protocols unasked") }
    guard status >= 200 else {
      phase = .statusLine
      headers = []
      return .more
    }
    phase = .complete
    let all = headers
    headers = []
    return .complete(status: status, headers: all)
  }

  private mutating func takeField(_ line: Span<UInt8>, _ end: Int) {
    if line[0].isBlank {
      // A folded line goes on with the value before it (RFC 9112, 5.2).
      guard !headers.isEmpty else { return }
      headers[headers.count - 1].value += " " + line.text(line.trimmed(0..<end))
      return
    }
    var colon = 0
    while colon < end, line[colon] != UInt8(ascii: ":") { colon += 1 }
    guard colon > 0, colon < end else { return }
    headers.append(HTTPHeader(line.text(0..<colon), line.text(line.trimmed(colon + 1..<end))))
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == 32 || self == 9 }
  fileprivate var digit: Int? { self >= 48 && self <= 57 ? Int(self) - 48 : nil }
}

extension Span<UInt8> {
  /// Where the line's end begins.
  fileprivate var endOfText: Int {
    var end = count
    while end > 0, self[end - 1] == 10 || self[end - 1] == 13 { end -= 1 }
    return end
  }

  /// The status of `HTTP/x.y nnn reason`, 100 to 999.
  fileprivate func status(until end: Int) -> Int? {
    guard end >= 12, self[0] == UInt8(ascii: "H"), self[8] == 32, end == 12 || self[12] == 32 else { return nil }
    guard let a = self[9].digit, let b = self[10].digit, let c = self[11].digit, a > 0 else { return nil }
    return a * 100 + b * 10 + c
  }

  fileprivate func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high, self[low].isBlank { low += 1 }
    while high > low, self[high - 1].isBlank { high -= 1 }
    return low..<high
  }

  fileprivate func text(_ range: Range<Int>) -> String {
    // Unsafe: the pointer is used only inside the closure, where the span keeps it valid.
    extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}
