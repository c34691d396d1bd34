/// Rates candidates (GIE v1.5, Scorer extension point).
protocol Scorer: Sendable {
  /// Writes one number for each candidate, in their order: 1 is best, 0 worst; the profile clamps what lies outside.
  ///
  /// `scores` comes with as many zeros as there are candidates; there is at least one.
  func score(_ candidates: [Int], _ context: PickContext, into scores: inout [Double])
}
