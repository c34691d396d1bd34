/// Kubernetes quantities: `500M`, `10Gi`, `1e9`.
enum Quantity {
  private static let suffixes: [(name: String, factor: Double)] = [
    ("Ki", 1_024), ("Mi", 1_048_576), ("Gi", 1_073_741_824), ("Ti", 1_099_511_627_776), ("k", 1e3), ("M", 1e6),
    ("G", 1e9), ("T", 1e12),
  ]

  /// The whole number that `text` stands for, or nil when it is none, negative, or too large.
  static func value(_ text: String) -> Int? {
    let suffix = suffixes.first { text.hasSuffix($0.name) }
    let digits = text.dropLast(suffix?.name.count ?? 0)
    guard let number = Double(digits), number >= 0 else { return nil }
    return Int(exactly: (number * (suffix?.factor ?? 1)).rounded())
  }
}
