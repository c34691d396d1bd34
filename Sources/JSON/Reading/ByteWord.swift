/// Tests on eight bytes at once ("SIMD within a register").
enum ByteWord {
  static let highBits: UInt64 = 0x8080_8080_8080_8080
  private static let ones: UInt64 = 0x0101_0101_0101_0101

  /// Nonzero when some byte is a control character, a quote or a backslash.
  ///
  /// A borrow may mark a byte above a true hit as well, so a nonzero result says only that there is a hit.
  @inline(__always)
  static func special(_ word: UInt64) -> UInt64 {
    let control = (word &- ones &* 0x20) & ~word
    let quote = zeroBytes(word ^ (ones &* 0x22))
    let backslash = zeroBytes(word ^ (ones &* 0x5C))
    return (control | quote | backslash) & highBits
  }

  @inline(__always)
  private static func zeroBytes(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
}
