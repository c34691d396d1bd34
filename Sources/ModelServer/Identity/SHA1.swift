/// SHA-1 (RFC 3174) of messages below 56 bytes, which fill one block; for name-based UUIDs, not for security.
enum SHA1 {
  /// The longest message.
  static let capacity = 55

  /// The first 16 bytes of the digest, big-endian, which are what a UUID needs.
  static func digestPrefix(of message: some Collection<UInt8>) -> (high: UInt64, low: UInt64) {
    precondition(message.count <= capacity, "one block holds at most 55 bytes")
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
      // Unsafe: the words live on the stack; every index below is in 0..<80.
      words.initialize(repeating: 0)
      var position = 0
      for byte in message {
        words[position >> 2] |= UInt32(byte) << UInt32(24 - (position & 3) * 8)
        position += 1
      }
      words[position >> 2] |= 0x80 << UInt32(24 - (position & 3) * 8)
      words[15] = UInt32(position * 8)
      for index in 16..<80 {
        words[index] = rotate(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1)
      }
      var (a, b, c, d, e): (UInt32, UInt32, UInt32, UInt32, UInt32) = initial
      func round(_ mix: UInt32, _ constant: UInt32, _ word: UInt32) {
        let next = rotate(a, 5) &+ mix &+ e &+ constant &+ word
        (e, d, c, b, a) = (d, c, rotate(b, 30), a, next)
      }
      for index in 0..<20 { round((b & c) | (~b & d), 0x5A82_7999, words[index]) }
      for index in 20..<40 { round(b ^ c ^ d, 0x6ED9_EBA1, words[index]) }
      for index in 40..<60 { round((b & c) | (b & d) | (c & d), 0x8F1B_BCDC, words[index]) }
      for index in 60..<80 { round(b ^ c ^ d, 0xCA62_C1D6, words[index]) }
      return (
        UInt64(initial.0 &+ a) << 32 | UInt64(initial.1 &+ b), UInt64(initial.2 &+ c) << 32 | UInt64(initial.3 &+ d)
      )
    }
  }

  private static let initial: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
    0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0
  )

  @inline(__always)
  private static func rotate(_ value: UInt32, _ by: UInt32) -> UInt32 { value << by | value >> (32 - by) }
}
