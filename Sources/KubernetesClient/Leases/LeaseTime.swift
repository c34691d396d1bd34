/// Times as leases have them (Kubernetes, MicroTime: RFC 3339 with microseconds, in UTC).
enum LeaseTime {
  /// `2026-01-31T12:00:00.000000Z` for nanoseconds since 1970, which is not before that.
  static func text(_ nanoseconds: Int64) -> String {
    let micros = max(nanoseconds, 0) / 1000
    let seconds = micros / 1_000_000
    let (year, month, day) = date(seconds / 86_400)
    let time = seconds % 86_400
    let parts = [
      digits(year, 4), "-", digits(month, 2), "-", digits(day, 2), "T", digits(time / 3600, 2), ":",
      digits(time / 60 % 60, 2), ":", digits(time % 60, 2), ".", digits(micros % 1_000_000, 6), "Z",
    ]
    return parts.joined()
  }

  private static func digits(_ number: Int64, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }

  /// The day of the Gregorian calendar that is `days` after 1 January 1970.
  private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    // Counted from 1 March 0000, so that leap days come last in their years; 146,097 days are 400 years.
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
