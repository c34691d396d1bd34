/// Escaping for JSON strings: quote, backslash and control characters; all other UTF-8 passes as it is (RFC 8259, 7).
extension [UInt8] {
  /// Appends the text of a string, escaped, without quotes.
  public mutating func appendEscaped(_ string: String) {
    var string = string
    string.withUTF8 { appendEscaped(utf8: UnsafeRawBufferPointer($0)) }
  }

  /// Appends bytes, escaped, without quotes; what is not UTF-8 becomes U+FFFD, one for each longest valid beginning.
  public mutating func appendEscaped(utf8 slice: ArraySlice<UInt8>) {
    slice.withUnsafeBytes { appendEscaped(utf8: $0) }
  }

  /// Appends bytes, escaped, without quotes; what is not UTF-8 becomes U+FFFD, one for each longest valid beginning.
  public mutating func appendEscaped(utf8 bytes: UnsafeRawBufferPointer) {
    var runStart = 0
    var index = 0
    while index < bytes.count {
      if index + 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        if ByteWord.special(word) | (word & ByteWord.highBits) == 0 {
          index += 8
          continue
        }
      }
      let byte = bytes[index]
      if byte >= 0x80 {
        let sequence = UTF8Sequence(in: bytes, at: index)
        if !sequence.isValid {
          appendRun(bytes, runStart, index)
          append(contentsOf: [0xEF, 0xBF, 0xBD])
          runStart = index + sequence.count
        }
        index += sequence.count
      } else {
        if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
          appendRun(bytes, runStart, index)
          appendEscape(byte)
          runStart = index + 1
        }
        index += 1
      }
    }
    appendRun(bytes, runStart, bytes.count)
  }

  @inline(__always)
  private mutating func appendRun(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
    guard end > start, let base = bytes.baseAddress else { return }
    // Raw memory that the caller lends for reading; bytes have no other type.
    let run = (base + start).assumingMemoryBound(to: UInt8.self)
    append(contentsOf: UnsafeBufferPointer(start: run, count: end - start))
  }

  private mutating func appendEscape(_ byte: UInt8) {
    append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
    case 0x08: append(UInt8(ascii: "b"))
    case 0x09: append(UInt8(ascii: "t"))
    case 0x0A: append(UInt8(ascii: "n"))
    case 0x0C: append(UInt8(ascii: "f"))
    case 0x0D: append(UInt8(ascii: "r"))
    default:
      appendRaw("u00")
      append(byte >> 4 == 0 ? 0x30 : 0x31)
      let low = byte & 0xF
      append(low < 10 ? 0x30 + low : 0x61 + low - 10)
    }
  }
}
