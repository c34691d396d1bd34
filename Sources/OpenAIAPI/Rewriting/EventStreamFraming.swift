/// Tells an event stream's data from its framing, byte by byte (WHATWG HTML, 9.2.6 "Interpreting an event stream").
struct EventStreamFraming {
  /// What a byte is.
  enum Part {
    /// Names of fields, other fields, comments.
    case framing
    /// Data of the current event.
    case data
    /// Ends a line of data; between two lines of one event it stands for a line feed.
    case lineEnd
    /// Ends the current event.
    case eventEnd
  }

  private enum State {
    case lineStart
    /// So many bytes of "data" have been seen.
    case fieldName(Int)
    case afterColon
    case data
    case otherLine
  }

  private static let field: StaticString = "data"
  private static let byteOrderMark: StaticString = "\u{FEFF}"

  private var state = State.lineStart
  private var lastWasCarriageReturn = false
  /// Bytes of a byte order mark at the very beginning; nil once it is too late for one.
  private var markBytes: Int? = 0

  init() {}

  private init(markBytes: Int?) { self.markBytes = markBytes }

  /// Takes the next byte of the stream.
  @inline(__always)
  mutating func classify(_ byte: UInt8) -> Part {
    if case .data = state, byte != 0x0A, byte != 0x0D { return .data }
    return classifyFraming(byte)
  }

  /// Takes what follows for the beginning of a line.
  mutating func beginLine() { self = Self(markBytes: nil) }

  private mutating func classifyFraming(_ byte: UInt8) -> Part {
    if let count = markBytes {
      if byte == Self.byteOrderMark.utf8Start[count] {
        markBytes = count < 2 ? count + 1 : nil
        return .framing
      }
      markBytes = nil
      if count > 0 { state = .otherLine }
    }
    if lastWasCarriageReturn {
      lastWasCarriageReturn = false
      if byte == 0x0A { return .framing }
    }
    if byte == 0x0A || byte == 0x0D {
      lastWasCarriageReturn = byte == 0x0D
      return endLine()
    }
    switch state {
    case .lineStart: begin(byte, matched: 0)
    case .fieldName(let matched): begin(byte, matched: matched)
    case .afterColon:
      state = .data
      if byte != 0x20 { return .data }
    case .data, .otherLine: break
    }
    return .framing
  }

  private mutating func begin(_ byte: UInt8, matched: Int) {
    if matched == Self.field.utf8CodeUnitCount {
      state = byte == UInt8(ascii: ":") ? .afterColon : .otherLine
    } else {
      state = byte == Self.field.utf8Start[matched] ? .fieldName(matched + 1) : .otherLine
    }
  }

  private mutating func endLine() -> Part {
    defer { state = .lineStart }
    switch state {
    case .lineStart: return .eventEnd
    case .data, .afterColon: return .lineEnd
    // A field without a colon has an empty value.
    case .fieldName(let matched): return matched == Self.field.utf8CodeUnitCount ? .lineEnd : .framing
    case .otherLine: return .framing
    }
  }
}
