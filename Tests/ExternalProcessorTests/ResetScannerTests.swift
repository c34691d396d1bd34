import NIOCore
import Testing

@testable import ExternalProcessor

@Suite struct ResetScannerTests {
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  private static func frame(_ type: UInt8, stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
    var bytes = ByteBuffer()
    bytes.writeInteger(UInt32(payload.count) << 8 | UInt32(type))
    bytes.writeInteger(UInt8(0))
    // The highest bit is reserved.
    bytes.writeInteger(stream | 1 << 31)
    return Array(bytes.readableBytesView) + payload
  }

  /// What passes, and the streams that are reset after so many bytes of it.
  private static func scan(_ chunks: [[UInt8]]) -> (passed: [UInt8], resets: [[Int]]) {
    var scanner = ResetScanner()
    var passed: [UInt8] = []
    var resets: [[Int]] = []
    for chunk in chunks {
      for piece in scanner.scan(ByteBuffer(bytes: chunk)) {
        switch piece {
        case .bytes(let bytes): passed += bytes.readableBytesView
        case .reset(let stream): resets.append([stream, passed.count])
        }
      }
    }
    return (passed, resets)
  }

  /// Looks like a reset inside, is one of the wrong size, and empty frames.
  private static let others = [
    frame(0, stream: 1, frame(3, stream: 9, [0, 0, 0, 8])), frame(3, stream: 5, [0, 0, 8]), frame(4, stream: 0, []),
    frame(1, stream: 3, Array(repeating: 3, count: 70_000)),
  ]

  @Test(arguments: [1, 2, 3, 5, 8, 9, 12, 13, 14, 1000, 1_000_000])
  func resetsAreFoundHoweverTheyAreCut(size: Int) {
    let reset = Self.frame(3, stream: 3, [0, 0, 0, 8])
    let large = Self.frame(3, stream: 0x7FFF_FFFF, [0, 0, 0, 0])
    let before = Self.preface + Self.others[0] + Self.others[1]
    let after = Self.others[2] + Self.others[3]
    let all = before + reset + reset + after + large + Self.others[0]
    let chunks = stride(from: 0, to: all.count, by: size).map { Array(all[$0..<min($0 + size, all.count)]) }
    let (passed, resets) = Self.scan(chunks)
    #expect(passed == before + after + Self.others[0])
    #expect(
      resets == [[3, before.count], [3, before.count], [0x7FFF_FFFF, before.count + after.count]])
  }

  @Test func whatIsNoHTTP2Passes() {
    let text = Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
    #expect(Self.scan([text]).passed.count >= 24)
    #expect(Self.scan([text]).resets.isEmpty)
  }

  @Test func aWrittenFrameIsAReset() {
    let reset = ByteBuffer(bytes: Self.frame(3, stream: 7, [0, 0, 0, 8]))
    #expect(ResetScanner.isReset(reset, of: 7))
    #expect(!ResetScanner.isReset(reset, of: 9))
    #expect(!ResetScanner.isReset(ByteBuffer(bytes: Self.frame(0, stream: 7, [0, 0, 0, 8])), of: 7))
    #expect(!ResetScanner.isReset(ByteBuffer(bytes: Self.frame(3, stream: 7, [0, 0, 0])), of: 7))
  }
}
