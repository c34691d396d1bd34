/// Cuts a stream into lines, which arrive in pieces of any size: API servers end each watch event with a line break.
struct LineSplitter {
  /// The line that has not ended yet.
  private(set) var rest: [UInt8] = []
  let limit: Int

  /// Lines have at most `limit` bytes.
  init(limit: Int = 8 << 20) { self.limit = limit }

  /// The lines that end in `bytes`, without their ends and empty ones; nil when one is too long.
  mutating func take(_ bytes: Span<UInt8>) -> [[UInt8]]? {
    var lines: [[UInt8]] = []
    var start = 0
    for index in 0..<bytes.count where bytes[index] == UInt8(ascii: "\n") {
      append(bytes, start..<index)
      if rest.count > limit { return nil }
      if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
      if !rest.isEmpty { lines.append(rest) }
      rest = []
      start = index + 1
    }
    append(bytes, start..<bytes.count)
    return rest.count > limit ? nil : lines
  }

  private mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    // Unsafe: the pointer is used only inside the closure, where the span keeps it valid.
    bytes.extracting(range).withUnsafeBufferPointer { rest.append(contentsOf: $0) }
  }
}
