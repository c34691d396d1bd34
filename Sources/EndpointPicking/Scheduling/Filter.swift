/// Removes candidates (GIE v1.5, Filter extension point).
protocol Filter: Sendable {
  /// Removes indexes from `candidates`; keeps the order of those left.
  func filter(_ candidates: inout [Int], _ context: PickContext, using generator: inout some RandomNumberGenerator)
}
