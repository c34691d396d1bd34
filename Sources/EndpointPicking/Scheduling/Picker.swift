/// Chooses among rated candidates (GIE v1.5, Picker extension point).
protocol Picker: Sendable {
  /// The chosen positions in `totals`, best first; at least one, as `totals` is never empty.
  func pick(_ totals: [Double], using generator: inout some RandomNumberGenerator) -> [Int]
}
