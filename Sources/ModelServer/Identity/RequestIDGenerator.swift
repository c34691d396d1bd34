internal import Synchronization

/// Reproducible request ids: UUID version 5 over the URL namespace of `<seed>-<port>-<n>`, n counting from 0
/// (llm-d-inference-sim, request ids).
final class RequestIDGenerator: Sendable {
  private static let urlNamespace: [UInt8] = [
    0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
  ]

  private let prefix: [UInt8]
  private let count = Atomic<UInt64>(0)

  init(seed: UInt64, port: Int) {
    prefix = Self.urlNamespace + Array("\(Int64(bitPattern: seed))-\(port)-".utf8)
  }

  /// The next id, in lower-case hexadecimal with hyphens.
  func next() -> String {
    let ordinal = count.add(1, ordering: .relaxed).oldValue
    var message = prefix
    message.append(contentsOf: String(ordinal).utf8)
    return Self.uuid(from: SHA1.digest(of: message))
  }

  private static func uuid(from digest: [UInt8]) -> String {
    var bytes = digest
    bytes[6] = bytes[6] & 0x0F | 0x50
    bytes[8] = bytes[8] & 0x3F | 0x80
    return String(unsafeUninitializedCapacity: 36) { text in
      var position = 0
      for index in 0..<16 {
        if index == 4 || index == 6 || index == 8 || index == 10 {
          text[position] = 0x2D
          position += 1
        }
        text[position] = hexadecimal(bytes[index] >> 4)
        text[position + 1] = hexadecimal(bytes[index] & 0xF)
        position += 2
      }
      return position
    }
  }

  @inline(__always)
  private static func hexadecimal(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x57 + digit }
}
