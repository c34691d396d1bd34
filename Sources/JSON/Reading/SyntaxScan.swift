/// The checks that json-c leaves out, in one pass before it runs.
///
/// json-c, even when strict, takes raw control characters and overlong UTF-8 in strings, single-quoted keys, `NaN`,
/// `Infinity`, `1.` and `-01`, and its memory per container has no bound. Everything else stays with json-c.
struct SyntaxScan {
  private let bytes: UnsafeRawBufferPointer
  private let limits: JSONLimits
  private var index = 0
  private var depth = 0
  private var containers = 0
  private var sawNonASCII = false

  /// Throws what is wrong with `bytes`, if this pass can see it.
  static func check(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits) throws(JSONError) {
    var scan = SyntaxScan(bytes: bytes, limits: limits)
    try scan.run()
  }

  private init(bytes: UnsafeRawBufferPointer, limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  private mutating func run() throws(JSONError) {
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        try skipString()
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        containers += 1
        if depth > limits.maxDepth { throw JSONError("nested deeper than \(limits.maxDepth) levels", at: index) }
        if containers > limits.maxContainers {
          throw JSONError("more than \(limits.maxContainers) arrays and objects", at: index)
        }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D,
        UInt8(ascii: "+"):
        break
      case UInt8(ascii: "-"), UInt8(ascii: "."):
        try checkNumber(byte)
      case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "f"), UInt8(ascii: "l"),
        UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "u"):
        break
      case 0: throw JSONError("NUL byte", at: index)
      case 0x80...: throw JSONError("non-ASCII byte outside a string", at: index)
      default: throw JSONError("unexpected character", at: index)
      }
      index += 1
    }
    if sawNonASCII, let offset = UTF8Sequence.firstInvalid(in: bytes) { throw JSONError("invalid UTF-8", at: offset) }
  }

  private func isDigit(_ position: Int) -> Bool {
    position < bytes.count && bytes[position] >= 0x30 && bytes[position] <= 0x39
  }

  /// `.` needs digits on both sides; a leading zero may not follow a sign unless the sign is an exponent's.
  private func checkNumber(_ byte: UInt8) throws(JSONError) {
    if byte == UInt8(ascii: ".") {
      guard index > 0, isDigit(index - 1), isDigit(index + 1) else { throw JSONError("malformed number", at: index) }
    } else if isDigit(index + 1), bytes[index + 1] == 0x30, isDigit(index + 2),
      index == 0 || bytes[index - 1] | 0x20 != UInt8(ascii: "e")
    {
      throw JSONError("malformed number", at: index)
    }
  }

  /// Moves past the closing quote; `index` is behind the opening one.
  private mutating func skipString() throws(JSONError) {
    var nonASCII: UInt64 = 0
    while true {
      while index + 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        if ByteWord.special(word) != 0 { break }
        nonASCII |= word
        index += 8
      }
      guard index < bytes.count else { throw JSONError("unexpected end inside a string", at: bytes.count) }
      // Up to eight bytes singly, then whole words again.
      let stop = min(index + 8, bytes.count)
      while index < stop {
        let byte = bytes[index]
        if byte == UInt8(ascii: "\"") {
          index += 1
          if nonASCII & ByteWord.highBits != 0 { sawNonASCII = true }
          return
        }
        if byte == UInt8(ascii: "\\") {
          index += 1
          guard index < bytes.count else { throw JSONError("unexpected end inside a string", at: bytes.count) }
        }
        if bytes[index] < 0x20 {
          throw JSONError(bytes[index] == 0 ? "NUL byte" : "control character inside a string", at: index)
        }
        nonASCII |= UInt64(bytes[index])
        index += 1
      }
    }
  }
}
