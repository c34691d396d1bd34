internal import Glibc

/// Finds the lines of a metrics page (Prometheus, text format 0.0.4) that begin with one of a few names, while the page
/// arrives in pieces.
///
/// Of other lines it looks at the first bytes and for the end. At most `maxLineBytes` of a line that is cut by the end
/// of a piece are kept.
struct MetricsLineReader {
  /// A wanted line with more bytes than this is passed over when it does not arrive in one piece.
  static let maxLineBytes = 256 << 10

  /// The beginning of a line whose end has not arrived.
  private var beginning: [UInt8] = []
  /// The rest of the line under way is not wanted.
  private var isPassingOver = false

  /// Forgets a page that was not read to its end.
  mutating func reset() {
    if beginning.capacity > Self.keptCapacity { beginning = [] } else { beginning.removeAll(keepingCapacity: true) }
    isPassingOver = false
  }

  private static let keptCapacity = 8 << 10

  /// Takes the next piece; hands `found` the place of the name and the line, without its end.
  mutating func read(_ piece: Span<UInt8>, wanted: WantedNames, _ found: (Int, Span<UInt8>) -> Void) {
    // Unsafe: the pointers stay within the piece, and are not used after the closure.
    piece.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      let end = start + bytes.count
      var line = start
      if isPassingOver || !beginning.isEmpty {
        guard let stop = Self.endOfLine(line, end) else { return keep(line, end, wanted) }
        finishLine(line, stop, wanted, found)
        line = stop + 1
      }
      while line < end {
        let index = Self.isComment(line) ? nil : wanted.match(line, count: end - line)
        guard let stop = Self.endOfLine(line, end) else { return keep(line, end, wanted) }
        // A name's end may have been found behind the line's.
        if let index, stop - line > wanted.length(of: index) {
          found(index, UnsafeRawBufferPointer(start: line, count: stop - line).assumingMemoryBound(to: UInt8.self).span)
        }
        line = stop + 1
      }
    }
  }

  /// The page has ended; its last line may have had no end.
  mutating func finish(wanted: WantedNames, _ found: (Int, Span<UInt8>) -> Void) {
    if !isPassingOver, !beginning.isEmpty { hand(wanted, found) }
    reset()
  }

  /// The line under way ends at `stop`.
  private mutating func finishLine(
    _ line: UnsafeRawPointer, _ stop: UnsafeRawPointer, _ wanted: WantedNames, _ found: (Int, Span<UInt8>) -> Void
  ) {
    if !isPassingOver, beginning.count + (stop - line) <= Self.maxLineBytes {
      append(line, stop)
      hand(wanted, found)
    }
    reset()
  }

  private func hand(_ wanted: WantedNames, _ found: (Int, Span<UInt8>) -> Void) {
    if let index = match(wanted) { found(index, beginning.span) }
  }

  /// The name that the kept bytes begin with.
  private func match(_ wanted: WantedNames) -> Int? {
    // Unsafe: the pointer is used only inside the closure.
    beginning.withUnsafeBytes { bytes in bytes.baseAddress.flatMap { wanted.match($0, count: bytes.count) } }
  }

  /// The line under way goes on beyond `end`.
  private mutating func keep(_ line: UnsafeRawPointer, _ end: UnsafeRawPointer, _ wanted: WantedNames) {
    guard !isPassingOver else { return }
    if beginning.count + (end - line) > Self.maxLineBytes {
      reset()
      isPassingOver = true
      return
    }
    append(line, end)
    // What is longer than a name and does not begin with one never will.
    if beginning.count > wanted.longest, match(wanted) == nil {
      reset()
      isPassingOver = true
    }
  }

  private mutating func append(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    beginning.append(contentsOf: UnsafeRawBufferPointer(start: start, count: end - start))
  }

  @inline(__always)
  private static func isComment(_ line: UnsafeRawPointer) -> Bool { line.load(as: UInt8.self) == UInt8(ascii: "#") }

  @inline(__always)
  private static func endOfLine(_ line: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer? {
    memchr(line, 10, end - line).map { UnsafeRawPointer($0) }
  }
}
