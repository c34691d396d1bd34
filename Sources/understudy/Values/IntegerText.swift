/// Plain decimal integers.
enum IntegerText {
  /// Why `text` is not an integer of 64 bits; nil when it is one.
  static func complaint(about text: String) -> String? {
    if Int(text) != nil { return nil }
    let digits = text.drop { $0 == "-" || $0 == "+" }
    let isNumber = !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber }
    return isNumber ? "integer out of range: '\(text)'" : "expected an integer, got '\(text)'"
  }
}

/// Plain decimal fractions.
enum NumberText {
  /// A finite number; no hexadecimal, no infinity.
  static func parse(_ text: String) -> Double? {
    let allowed = text.utf8.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
    }
    guard allowed, let value = Double(text), value.isFinite else { return nil }
    return value
  }
}
