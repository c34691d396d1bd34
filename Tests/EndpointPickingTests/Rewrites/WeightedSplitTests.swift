import Simulation
import Testing

@testable import EndpointPicking

@Suite struct WeightedSplitTests {
  private func counts(_ split: inout WeightedSplit, _ targets: Int, draws: Int, seed: UInt64) -> [Int] {
    var bits = SplitMix64(seed: seed)
    var counts = [Int](repeating: 0, count: targets)
    for _ in 0..<draws {
      if let index = split.next(using: &bits) { counts[index] += 1 }
    }
    return counts
  }

  /// GIE v1.5's table: 1000 draws come within 20 percent.
  @Test(
    arguments: [
      ([100], [1.0]), ([50, 50], [0.5, 0.5]), ([70, 30], [0.7, 0.3]), ([nil, nil, nil], [1 / 3.0, 1 / 3.0, 1 / 3.0]),
      ([nil, 60, 40], [0, 0.6, 0.4]), ([nil, 1], [0, 1]), ([0, 0], [0.5, 0.5]), ([-5, 1], [0, 1]),
      ([1_000_000, 1_000_000], [0.5, 0.5]),
    ] as [([Int?], [Double])]) func sharesOfTargets(weights: [Int?], shares: [Double])
  {
    for mode in [SplitMode.random, .smooth] {
      for seed in 0..<5 as Range<UInt64> {
        var split = WeightedSplit(targetWeights: weights, mode: mode)
        let counts = counts(&split, weights.count, draws: 1000, seed: seed)
        #expect(counts.reduce(0, +) == 1000)
        for (count, share) in zip(counts, shares) {
          #expect(abs(Double(count) - share * 1000) <= share * 200, "\(mode) \(weights) \(counts)")
        }
      }
    }
  }

  @Test func nothingToChoose() {
    var bits = SplitMix64(seed: 1)
    for weights in [[], [0], [0, 0, 0], [-1]] {
      for mode in [SplitMode.random, .smooth] {
        var split = WeightedSplit(weights: weights, mode: mode)
        #expect(split.next(using: &bits) == nil)
      }
    }
    var none = WeightedSplit(targetWeights: [])
    #expect(none.next(using: &bits) == nil)
  }

  @Test func hugeWeightsDoNotOverflow() {
    for mode in [SplitMode.random, .smooth] {
      var split = WeightedSplit(weights: [.max, .min, .max, .max], mode: mode)
      let counts = counts(&split, 4, draws: 3000, seed: 1)
      #expect(counts[1] == 0)
      #expect([0, 2, 3].allSatisfy { abs(counts[$0] - 1000) < 200 })
    }
  }

  @Test func aHundredRequestsSplitNinetyToTen() {
    var split = WeightedSplit(targetWeights: [90, 10], mode: .smooth)
    for _ in 0..<10 { #expect(counts(&split, 2, draws: 100, seed: 1) == [90, 10]) }
  }

  /// After any number of choices every count is less than 1 from its exact share, and a whole cycle is exact.
  @Test(arguments: 0..<60 as Range<UInt64>) func everyPrefixIsWithinOne(seed: UInt64) {
    var bits = SplitMix64(seed: seed)
    let weights = (0..<bits.pick(2...9)).map { _ in [bits.pick(0...3), bits.pick(1...40), 1][bits.pick(0...2)] }
    let total = weights.reduce(0, +)
    var split = WeightedSplit(weights: weights, mode: .smooth)
    var counts = [Int](repeating: 0, count: weights.count)
    for drawn in 1...max(1, 3 * total) {
      guard let index = split.next(using: &bits) else { return #expect(total == 0) }
      counts[index] += 1
      for (count, weight) in zip(counts, weights) where abs(count * total - drawn * weight) >= total {
        Issue.record("weights \(weights): \(counts) after \(drawn)")
        return
      }
    }
    #expect(counts == weights.map { 3 * $0 })
  }
}
