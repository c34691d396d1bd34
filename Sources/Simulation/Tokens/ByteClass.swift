/// What a byte means to `SimpleTokenizer`.
enum ByteClass: UInt8 {
  /// Nothing that the simulator's expression matches: control and non-ASCII bytes, back-quote, vertical bar.
  case other
  /// A letter or a digit.
  case word
  /// A token of its own at the start of a token, part of a word inside one.
  case underscore
  /// A token of its own.
  case special
  /// Belongs to the token before it.
  case space

  init(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      self = .word
    case UInt8(ascii: "_"): self = .underscore
    case 0x09, 0x0A, 0x0C, 0x0D, 0x20: self = .space
    case UInt8(ascii: "`"), UInt8(ascii: "|"): self = .other
    case 0x21...0x7E: self = .special
    default: self = .other
    }
  }

  /// The class of every byte.
  static let table: [ByteClass] = (0...255).map { ByteClass(UInt8($0)) }
}
