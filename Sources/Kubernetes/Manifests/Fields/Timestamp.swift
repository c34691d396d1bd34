/// Times of RFC 3339, as Kubernetes writes them.
enum Timestamp {
  /// Seconds since 1970, with fractions cut off; nil for everything else.
  static func seconds(rfc3339 text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.count <= 40 else { return nil }
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[range] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      }
      return value
    }
    func has(_ character: Unicode.Scalar, at index: Int) -> Bool {
      index < bytes.count && bytes[index] == UInt8(ascii: character)
    }
    guard has("-", at: 4), has("-", at: 7), has("T", at: 10) || has("t", at: 10), has(":", at: 13), has(":", at: 16),
      let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
      let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month),
      day >= 1, day <= days(of: month, in: year), hour < 24, minute < 60, second <= 60
    else { return nil }
    var rest = 19
    if has(".", at: rest) {
      rest += 1
      let start = rest
      while number(rest..<(rest + 1)) != nil { rest += 1 }
      guard rest > start else { return nil }
    }
    let time = daysSince1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second
    if has("Z", at: rest) || has("z", at: rest) { return bytes.count == rest + 1 ? time : nil }
    guard has("+", at: rest) || has("-", at: rest), has(":", at: rest + 3), bytes.count == rest + 6,
      let hours = number((rest + 1)..<(rest + 3)), let minutes = number((rest + 4)..<(rest + 6)), hours < 24,
      minutes < 60
    else { return nil }
    let offset = hours * 3600 + minutes * 60
    return has("+", at: rest) ? time - offset : time + offset
  }

  private static func days(of month: Int64, in year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    default: 31
    }
  }

  /// Of the Gregorian calendar, also before its time.
  private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    // Years that begin in March, so that leap days come last; year 0 begins one year early to stay positive.
    let shifted = month > 2 ? year + 400 : year + 399
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear
    return days - 719_468 - 146_097
  }
}
