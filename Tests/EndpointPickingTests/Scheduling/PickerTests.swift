import Simulation
import Testing

@testable import EndpointPicking

@Suite struct PickerTests {
  @Test func maxScoreTakesTheHighestAndTiesEvenly() {
    var generator = SplitMix64(seed: 5)
    #expect(MaxScorePicker().pick([0.1, 0.9, 0.3], using: &generator) == [1])
    var counts = [0, 0, 0, 0]
    for _ in 0..<6_000 { counts[MaxScorePicker().pick([1, 0, 1, 1], using: &generator)[0]] += 1 }
    #expect(counts[1] == 0)
    #expect([counts[0], counts[2], counts[3]].allSatisfy { (1_850...2_150).contains($0) })
  }

  @Test func severalAreInOrderAndDistinct() {
    var generator = SplitMix64(seed: 6)
    #expect(MaxScorePicker(count: 3).pick([0.1, 0.9, 0.3, 0.2], using: &generator) == [1, 2, 3])
    #expect(MaxScorePicker(count: 9).pick([0.5, 0.7], using: &generator) == [1, 0])
    #expect(Set(RandomPicker(count: 3).pick([0, 0, 0, 0], using: &generator)).count == 3)
    #expect(Set(WeightedRandomPicker(count: 3).pick([1, 2, 0, 4], using: &generator)) == [0, 1, 3])
    var firsts: Set<Int> = []
    for _ in 0..<200 { firsts.insert(MaxScorePicker(count: 2).pick([1, 1, 1], using: &generator)[0]) }
    #expect(firsts == [0, 1, 2])
  }

  @Test func weightsAreShares() {
    var generator = SplitMix64(seed: 7)
    var counts = [0, 0, 0]
    for _ in 0..<10_000 { counts[WeightedRandomPicker().pick([1, 3, 0], using: &generator)[0]] += 1 }
    #expect((2_300...2_700).contains(counts[0]) && counts[2] == 0)
    counts = [0, 0, 0]
    for _ in 0..<9_000 { counts[WeightedRandomPicker().pick([0, 0, 0], using: &generator)[0]] += 1 }
    #expect(counts.allSatisfy { (2_750...3_250).contains($0) })
    counts = [0, 0, 0]
    for _ in 0..<9_000 { counts[RandomPicker().pick([9, 0, 1], using: &generator)[0]] += 1 }
    #expect(counts.allSatisfy { (2_750...3_250).contains($0) })
  }

  @Test(arguments: [
    (1.0, 0.0), (0.5, 0.693_147_180_559_945_3), (0.1, 2.302_585_092_994_046), (1e-9, 20.723_265_836_946_41),
    (0.999, 0.001_000_500_333_583_5),
  ])
  func logarithm(x: Double, expected: Double) {
    #expect(abs(NaturalLogarithm.negative(x) - expected) <= 1e-14 * max(expected, 1))
  }
}
