import Testing

@testable import Simulation

@Suite struct DelayDistributionTests {
  @Test(arguments: [(50_000_000, 10_000_000), (500_000, 50_000), (1_000, 200)] as [(Int64, Int64)])
  func meanAndDeviation(mean: Int64, stdDev: Int64) {
    let delay = DelayDistribution(mean: Nanoseconds(mean), stdDev: Nanoseconds(stdDev))
    var generator = SplitMix64(seed: 7)
    let draws = (0..<100_000).map { _ in Double(delay.draw(factor: 1, using: &generator).count) }
    let average = draws.reduce(0, +) / 100_000
    let variance = draws.reduce(0) { $0 + ($1 - average) * ($1 - average) } / 100_000
    #expect(abs(average - Double(mean)) < 0.01 * Double(mean))
    #expect(abs(variance.squareRoot() - Double(stdDev)) < 0.02 * Double(stdDev))
    #expect(Set(draws).count > 500)
    // A normal distribution has 68.3 % within one deviation.
    let near = draws.count { abs($0 - Double(mean)) <= Double(stdDev) }
    #expect(abs(Double(near) / 100_000 - 0.683) < 0.01)
  }

  @Test func clampedBothWays() {
    let delay = DelayDistribution(mean: Nanoseconds(1000), stdDev: Nanoseconds(100_000))
    var generator = SplitMix64(seed: 7)
    let draws = (0..<1000).map { _ in delay.draw(factor: 2, using: &generator).count }
    #expect(draws.min() == 600)
    #expect(draws.max() == 3400)
  }

  @Test func withoutDeviationTheMean() {
    var generator = SplitMix64(seed: 7)
    let delay = DelayDistribution(mean: Nanoseconds(12_345_678_901), stdDev: .zero)
    #expect(delay.draw(factor: 1, using: &generator) == Nanoseconds(12_345_678_901))
    #expect(DelayDistribution(mean: .zero, stdDev: .seconds(1)).draw(factor: 1, using: &generator) == .zero)
    #expect(DelayDistribution(mean: Nanoseconds(-5), stdDev: .zero).draw(factor: 1, using: &generator) == .zero)
  }
}
