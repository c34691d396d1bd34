/// Durations of Gateway API (GEP-2257): up to four numbers of up to five digits, each with `h`, `m`, `s` or `ms`.
enum DurationText {
  /// nil for everything else; the largest is about 13 years.
  static func milliseconds(_ text: String) -> Int? {
    var rest = text.utf8[...]
    var total = 0
    var parts = 0
    while !rest.isEmpty {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard (1...5).contains(digits.count), parts < 4, let number = Int(Substring(digits)) else { return nil }
      rest = rest.dropFirst(digits.count)
      guard let (unit, length) = unit(rest) else { return nil }
      rest = rest.dropFirst(length)
      total += number * unit
      parts += 1
    }
    return parts > 0 ? total : nil
  }

  private static func unit(_ text: Substring.UTF8View) -> (milliseconds: Int, length: Int)? {
    switch (text.first, text.dropFirst().first) {
    case (UInt8(ascii: "m"), UInt8(ascii: "s")): (1, 2)
    case (UInt8(ascii: "s"), _): (1000, 1)
    case (UInt8(ascii: "m"), _): (60_000, 1)
    case (UInt8(ascii: "h"), _): (3_600_000, 1)
    default: nil
    }
  }
}
