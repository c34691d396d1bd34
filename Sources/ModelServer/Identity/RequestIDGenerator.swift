internal import JSON
internal import Synchronization

/// Reproducible request ids: UUID version 5 over the URL namespace of `<seed>-<port>-<n>`, n counting from 0
/// (llm-d-inference-sim, request ids).
public final class RequestIDGenerator: Sendable {
  private static let urlNamespace: [UInt8] = [
    0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
  ]

  private let prefix: [UInt8]
  private let count = Atomic<UInt64>(0)

  /// The ids of the server on `port`.
  public init(seed: UInt64, port: Int) {
    // 16 bytes of namespace leave 39 for a seed of up to 20 digits, a port of 5, and a count of 12 beside two hyphens.
    prefix = Self.urlNamespace + Array("\(Int64(bitPattern: seed))-\(port)-".utf8)
  }

  /// The next id, in lower-case hexadecimal with hyphens.
  public func next() -> String {
    let ordinal = count.add(1, ordering: .relaxed).oldValue
    var message = prefix
    message.reserveCapacity(SHA1.capacity)
    message.appendJSON(ordinal)
    let digest = SHA1.digestPrefix(of: message.prefix(SHA1.capacity))
    return Self.uuid(
      high: digest.high & 0xFFFF_FFFF_FFFF_0FFF | 0x5000,
      low: digest.low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
  }

  private static func uuid(high: UInt64, low: UInt64) -> String {
    String(unsafeUninitializedCapacity: 36) { text in
      var position = 0
      for digit in 0..<32 {
        if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
          text[position] = UInt8(ascii: "-")
          position += 1
        }
        let half = digit < 16 ? high : low
        let value = UInt8(truncatingIfNeeded: half >> UInt64(60 - (digit & 15) * 4)) & 0xF
        text[position] = value < 10 ? 0x30 + value : 0x57 + value
        position += 1
      }
      return position
    }
  }
}
