import Testing

@testable import Simulation

@Suite struct OutputLengthTests {
  private func draws(_ count: Int = 50_000, _ draw: (inout SplitMix64) -> Int) -> [Int] {
    var generator = SplitMix64(seed: 5)
    return (0..<count).map { _ in draw(&generator) }
  }

  private func share(_ draws: [Int], _ range: ClosedRange<Int>) -> Double {
    Double(draws.count { range.contains($0) }) / Double(draws.count)
  }

  @Test(arguments: [
    (101, 0, 1...20), (101, 1, 21...40), (101, 4, 81...100), (51, 0, 1...10), (51, 4, 41...50), (7, 0, 1...1),
    (7, 3, 4...4), (500, 0, 1...20), (500, 2, 41...60), (500, 3, 61...480), (500, 4, 481...499), (102, 3, 61...82),
    (102, 4, 83...101),
  ])
  func buckets(maximum: Int, bucket: Int, expected: ClosedRange<Int>) {
    #expect(OutputLength.range(of: bucket, maximum: maximum) == expected)
  }

  @Test(arguments: [10, 60, 101, 102, 1000])
  func histogram(maximum: Int) {
    let draws = draws { OutputLength.draw(givenMaximum: maximum, using: &$0) }
    #expect(draws.allSatisfy { (1...maximum).contains($0) })
    #expect(abs(share(draws, maximum...maximum) - 0.15) < 0.01)
    if maximum < 60 { return }
    for (bucket, probability) in [0.2, 0.3, 0.2, 0.05, 0.1].enumerated() {
      #expect(abs(share(draws, OutputLength.range(of: bucket, maximum: maximum)) - probability) < 0.01)
    }
  }

  @Test(arguments: 1...6)
  func smallMaximaAreUniform(maximum: Int) {
    let draws = draws { OutputLength.draw(givenMaximum: maximum, using: &$0) }
    for length in 1...maximum { #expect(abs(share(draws, length...length) - 1 / Double(maximum)) < 0.01) }
  }

  @Test func withoutMaximumAroundForty() {
    let draws = draws { OutputLength.draw(room: 4000, using: &$0) }
    #expect(draws.allSatisfy { $0 >= 1 })
    let mean = Double(draws.reduce(0, +)) / Double(draws.count)
    // Cut off below 1, that is 1.95 deviations below 40, the mean is 40 + 20 * 0.0596 / 0.9744; 19.5 to 60.5 is
    // within 1.025 deviations, where 69.5 % of the whole are.
    #expect(abs(mean - 41.22) < 0.3)
    #expect(abs(share(draws, 20...60) - 0.695 / 0.9744) < 0.01)
    #expect(self.draws { OutputLength.draw(room: 25, using: &$0) }.max() == 25)
    let small = self.draws { OutputLength.draw(room: 19, using: &$0) }
    for length in 1...19 { #expect(abs(share(small, length...length) - 1.0 / 19) < 0.01) }
  }
}
