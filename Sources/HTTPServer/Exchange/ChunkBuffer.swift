/// Bytes of a stream on their way to the socket, framed as HTTP/1.1 chunks on request.
///
/// Everything appended between two calls of `seal` becomes one chunk. The chunk's header is written into headroom kept in
/// front of it, so that framing copies nothing.
struct ChunkBuffer {
  private static let headroom = 10

  let isChunked: Bool
  /// The open chunk's payload may be appended to directly between `open` and `seal`.
  private(set) var bytes: [UInt8] = []
  /// The first byte that has not been sent.
  private(set) var head = 0
  /// Where the open chunk's headroom begins.
  private var openStart: Int?

  init(isChunked: Bool) { self.isChunked = isChunked }

  /// No bytes wait, sealed or not.
  var isEmpty: Bool { head == bytes.count }

  /// The number of bytes that wait.
  var count: Int { bytes.count - head }

  /// Lets `body` append to the open chunk.
  mutating func append(_ body: (inout [UInt8]) -> Void) {
    if openStart == nil {
      openStart = bytes.count
      if isChunked { for _ in 0..<Self.headroom { bytes.append(0) } }
    }
    body(&bytes)
  }

  /// Ends the open chunk, so that everything in the buffer can be sent.
  mutating func seal() {
    guard let start = openStart else { return }
    openStart = nil
    guard isChunked else { return }
    let payload = bytes.count - start - Self.headroom
    guard payload > 0 else {
      bytes.removeSubrange(start...)
      return
    }
    // The header is right-aligned against the payload: hexadecimal length, CR, LF.
    var position = start + Self.headroom
    position -= 1
    bytes[position] = 0x0A
    position -= 1
    bytes[position] = 0x0D
    var length = payload
    repeat {
      position -= 1
      bytes[position] = Self.hexadecimal(UInt8(length & 0xF))
      length >>= 4
    } while length > 0
    bytes.append(0x0D)
    bytes.append(0x0A)
    if head == start {
      head = position
    } else if position > start {
      // Something unsent stands in front: close the gap.
      bytes.removeSubrange(start..<position)
    }
  }

  @inline(__always)
  private static func hexadecimal(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x57 + digit }

  /// `count` bytes have been sent.
  mutating func consume(_ count: Int) {
    head += count
    guard head == bytes.count else { return }
    head = 0
    // A burst's memory is given back; an ordinary event's is kept for the next one.
    bytes.removeAll(keepingCapacity: bytes.capacity <= 1024)
  }
}
