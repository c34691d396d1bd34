extension LiveObject.Birth {
  /// It is the older of the two.
  func isBefore(_ other: Self) -> Bool { (created, appearance) < (other.created, other.appearance) }
}

/// How long something has been there.
enum AgeText {
  /// `seconds` as kubectl writes ages (Kubernetes, `HumanDuration`): the finer unit is left out once it hardly matters,
  /// so `119s`, `9m59s`, `179m`, `7h59m`, `47h`, `7d23h`, `729d`, `7y364d`.
  static func text(_ seconds: Int64) -> String {
    let minutes = seconds / 60
    let hours = seconds / 3600
    let days = seconds / 86400
    // Clocks that differ by a second are ordinary.
    if seconds < -1 { return "<invalid>" }
    if seconds < 0 { return "0s" }
    if minutes < 2 { return "\(seconds)s" }
    if minutes < 10 { return pair(minutes, "m", seconds % 60, "s") }
    if hours < 3 { return "\(minutes)m" }
    if hours < 8 { return pair(hours, "h", minutes % 60, "m") }
    if hours < 48 { return "\(hours)h" }
    if days < 8 { return pair(days, "d", hours % 24, "h") }
    if days < 2 * 365 { return "\(days)d" }
    if days < 8 * 365 { return pair(days / 365, "y", days % 365, "d") }
    return "\(days / 365)y"
  }

  private static func pair(_ coarse: Int64, _ coarseUnit: String, _ fine: Int64, _ fineUnit: String) -> String {
    fine == 0 ? "\(coarse)\(coarseUnit)" : "\(coarse)\(coarseUnit)\(fine)\(fineUnit)"
  }
}
