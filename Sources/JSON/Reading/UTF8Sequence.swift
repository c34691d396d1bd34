/// One UTF-8 sequence inside a byte buffer (Unicode 15, table 3-7).
struct UTF8Sequence {
  /// Bytes of the sequence, or of its longest valid beginning (at least 1).
  let count: Int
  let isValid: Bool

  /// Classifies the sequence at `start`, which must be inside `bytes`.
  init(in bytes: UnsafeRawBufferPointer, at start: Int) {
    let lead = bytes[start]
    let needed: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0x00...0x7F:
      (count, isValid) = (1, true)
      return
    case 0xC2...0xDF: needed = 1
    case 0xE0: (needed, second) = (2, 0xA0...0xBF)
    case 0xED: (needed, second) = (2, 0x80...0x9F)
    case 0xE1...0xEF: needed = 2
    case 0xF0: (needed, second) = (3, 0x90...0xBF)
    case 0xF1...0xF3: needed = 3
    case 0xF4: (needed, second) = (3, 0x80...0x8F)
    default:
      (count, isValid) = (1, false)
      return
    }
    for position in 1...needed {
      guard start + position < bytes.count,
        (position == 1 ? second : 0x80...0xBF).contains(bytes[start + position])
      else {
        (count, isValid) = (position, false)
        return
      }
    }
    (count, isValid) = (needed + 1, true)
  }

  /// The offset of the first byte that is not part of valid UTF-8, or nil.
  static func firstInvalid(in bytes: UnsafeRawBufferPointer) -> Int? {
    var index = 0
    while index < bytes.count {
      if index + 8 <= bytes.count,
        bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & ByteWord.highBits == 0
      {
        index += 8
        continue
      }
      let sequence = UTF8Sequence(in: bytes, at: index)
      guard sequence.isValid else { return index }
      index += sequence.count
    }
    return nil
  }
}
