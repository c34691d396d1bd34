import Testing

@testable import HTTPServer

@Suite struct ChunkBufferTests {
  private func pending(_ buffer: ChunkBuffer) -> String {
    String(decoding: buffer.bytes[buffer.head...], as: UTF8.self)
  }

  @Test func everythingBetweenTwoSealsIsOneChunk() {
    var buffer = ChunkBuffer(isChunked: true)
    buffer.append { $0.append(contentsOf: "data: a\n\n".utf8) }
    buffer.append { $0.append(contentsOf: "data: b\n\n".utf8) }
    buffer.seal()
    #expect(pending(buffer) == "12\r\ndata: a\n\ndata: b\n\n\r\n")
  }

  @Test(arguments: [1, 15, 16, 255, 256, 4095, 65_536, 1_048_576])
  func lengthIsHexadecimalWithoutLeadingZeros(size: Int) {
    var buffer = ChunkBuffer(isChunked: true)
    buffer.append { $0.append(contentsOf: [UInt8](repeating: 0x78, count: size)) }
    buffer.seal()
    #expect(pending(buffer) == String(size, radix: 16) + "\r\n" + String(repeating: "x", count: size) + "\r\n")
  }

  @Test func aChunkBehindAnUnsentTailLeavesNoGap() {
    var buffer = ChunkBuffer(isChunked: true)
    buffer.append { $0.append(contentsOf: "first".utf8) }
    buffer.seal()
    buffer.consume(4)
    buffer.append { $0.append(contentsOf: "second".utf8) }
    buffer.seal()
    #expect(pending(buffer) == "irst\r\n6\r\nsecond\r\n")
  }

  @Test func anEmptyChunkIsNotSent() {
    // A chunk of length 0 would end the body.
    var buffer = ChunkBuffer(isChunked: true)
    buffer.append { _ in }
    buffer.seal()
    #expect(buffer.isEmpty)
  }

  @Test func withoutChunksBytesPassUnchanged() {
    var buffer = ChunkBuffer(isChunked: false)
    buffer.append { $0.append(contentsOf: "abc".utf8) }
    buffer.seal()
    #expect(pending(buffer) == "abc")
    buffer.consume(3)
    #expect(buffer.isEmpty)
  }
}
