/// Chooses among targets by weight, again and again: the targets of a rewrite, or the backends of a route.
public struct WeightedSplit: Sendable {
  private let mode: SplitMode
  private let weights: [Int64]
  /// `cumulative[i]` is the sum of the weights up to and including `i`.
  private let cumulative: [Int64]
  /// Smooth mode: how much of a choice each target is owed, times the total weight.
  private var credits: [Int64]
  /// The only index with a weight, if there is just one.
  private let only: Int?

  private static let largestWeight = 1 << 31

  /// The split between targets of a rewrite (GIE v1.5, weighted selection): targets without weight are never chosen
  /// beside weighted ones; when none has a weight, or only zeros, all are equal. Negative weights count as 0.
  public init(targetWeights: [Int?], mode: SplitMode = .random) {
    let given = targetWeights.map { $0 ?? 0 }
    self.init(weights: given.contains { $0 > 0 } ? given : given.map { _ in 1 }, mode: mode)
  }

  /// The split between weighted backends (Gateway API, HTTPBackendRef): weight 0 takes no request, and when all are 0
  /// nothing can be chosen. Negative weights count as 0, and those above 2³¹ as 2³¹.
  public init(weights: [Int], mode: SplitMode = .random) {
    let weights = weights.map { Int64(min(max($0, 0), Self.largestWeight)) }
    var total: Int64 = 0
    self.mode = mode
    self.weights = weights
    cumulative = weights.map { weight in
      total += weight
      return total
    }
    let positive = weights.indices.filter { weights[$0] > 0 }
    only = positive.count == 1 ? positive[0] : nil
    credits = mode == .smooth && positive.count > 1 ? weights.map { _ in 0 } : []
  }

  /// The index of the target for the next request; nil when no target has a weight.
  public mutating func next(using generator: inout some RandomNumberGenerator) -> Int? {
    if let only { return only }
    guard let total = cumulative.last, total > 0 else { return nil }
    return switch mode {
    case .random: index(at: Int64.random(in: 0..<total, using: &generator))
    case .smooth: mostUrgent(total)
    }
  }

  /// The target whose part of `0..<total` holds `draw`.
  private func index(at draw: Int64) -> Int {
    var low = 0
    var high = cumulative.count - 1
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] <= draw { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The next of a sequence in which every target's count stays within 1 of its share.
  ///
  /// The n-th choice of a target with share p belongs into the slots from ⌊(n-1)/p⌋ up to, but not including, ⌈n/p⌉.
  /// Such windows can always be met, and taking the open one that closes first meets them (unit jobs with integer
  /// windows, earliest deadline first; Steiner and Yeomans, "Level schedules for mixed-model, just-in-time processes",
  /// 1993).
  private mutating func mostUrgent(_ total: Int64) -> Int? {
    var chosen: Int?
    var chosenSlots = Int64.max
    for index in weights.indices where weights[index] > 0 {
      let credit = credits[index]
      credits[index] = credit + weights[index]
      guard credits[index] > 0 else { continue }
      let slots = (total - credit + weights[index] - 1) / weights[index]
      if slots < chosenSlots {
        chosen = index
        chosenSlots = slots
      }
    }
    if let chosen { credits[chosen] -= total }
    return chosen
  }
}
