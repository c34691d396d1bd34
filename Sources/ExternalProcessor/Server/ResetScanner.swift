internal import NIOCore

/// Cuts RST_STREAM frames out of the bytes that a client sends on an HTTP/2 connection (RFC 9113, 3.4, 4.1 and 6.4).
///
/// Bytes that are not HTTP/2 come out as they came.
struct ResetScanner {
  /// A part of the connection's bytes.
  enum Piece: Equatable {
    /// Anything else, in whatever pieces.
    case bytes(ByteBuffer)
    /// The stream's number.
    case reset(Int)
  }

  private static let prefaceSize = 24
  private static let headerSize = 9
  private static let resetSize = headerSize + 4

  /// What is still to come of the preface or of a frame that passes.
  private var passing = prefaceSize
  /// The beginning of a frame of which it is not known yet what it is.
  private var kept = ByteBuffer()

  /// Takes the next bytes, in pieces of any size.
  mutating func scan(_ new: ByteBuffer) -> [Piece] {
    var buffer = new
    if kept.readableBytes > 0 {
      buffer = kept
      buffer.writeImmutableBuffer(new)
      kept.clear()
    }
    var pieces: [Piece] = []
    var start = buffer.readerIndex
    var next = start
    func take(upTo end: Int) {
      if let bytes = buffer.getSlice(at: start, length: end - start), end > start { pieces.append(.bytes(bytes)) }
    }
    while true {
      let step = min(passing, buffer.writerIndex - next)
      next += step
      passing -= step
      guard passing == 0, let header = FrameHeader(buffer, at: next) else { break }
      guard header.isReset else {
        passing = Self.headerSize + header.payloadSize
        continue
      }
      guard buffer.writerIndex - next >= Self.resetSize else { break }
      take(upTo: next)
      pieces.append(.reset(header.stream))
      next += Self.resetSize
      start = next
    }
    take(upTo: next)
    if let rest = buffer.getSlice(at: next, length: buffer.writerIndex - next), rest.readableBytes > 0 { kept = rest }
    return pieces
  }

  /// `bytes` are a frame that resets `stream`, and nothing else.
  static func isReset(_ bytes: ByteBuffer, of stream: Int) -> Bool {
    guard bytes.readableBytes == resetSize, let header = FrameHeader(bytes, at: bytes.readerIndex) else { return false }
    return header.isReset && header.stream == stream
  }
}

/// What stands before each frame's payload.
private struct FrameHeader {
  let payloadSize: Int
  let stream: Int
  private let type: UInt8

  /// The header at `index`; nil when it is not complete.
  init?(_ buffer: ByteBuffer, at index: Int) {
    guard let size = buffer.getInteger(at: index, as: UInt32.self), buffer.writerIndex - index >= 9,
      let type = buffer.getInteger(at: index + 3, as: UInt8.self),
      let stream = buffer.getInteger(at: index + 5, as: UInt32.self)
    else { return nil }
    payloadSize = Int(size >> 8)
    self.type = type
    self.stream = Int(stream & 0x7FFF_FFFF)
  }

  /// One of the wrong size is left to whoever knows what to say about it.
  var isReset: Bool { type == 3 && payloadSize == 4 }
}
