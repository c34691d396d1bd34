import Testing

@testable import Simulation

@Suite struct FailureInjectorTests {
  private enum Kind: CaseIterable { case left, right, up }

  @Test(arguments: [(-5, 0.0), (0, 0), (10, 0.1), (50, 0.5), (100, 1), (1000, 1)])
  func rate(percent: Int, expected: Double) {
    var injector = FailureInjector(ratePercent: percent, failures: Kind.allCases, seed: 3)
    let failures = (0..<30_000).compactMap { _ in injector.next() }
    #expect(abs(Double(failures.count) / 30_000 - expected) < (expected == 0 || expected == 1 ? 1e-9 : 0.01))
    for kind in Kind.allCases {
      #expect(abs(Double(failures.count { $0 == kind }) / 30_000 - expected / 3) < 0.01)
    }
  }

  @Test func seeds() {
    func decisions(_ seed: UInt64) -> [Kind?] {
      var injector = FailureInjector(ratePercent: 40, failures: Kind.allCases, seed: seed)
      return (0..<200).map { _ in injector.next() }
    }
    #expect(decisions(1) == decisions(1))
    #expect(decisions(1) != decisions(2))
  }

  @Test func theRateChanges() {
    var injector = FailureInjector(ratePercent: 0, failures: Kind.allCases, seed: 3)
    #expect((0..<100).allSatisfy { _ in injector.next() == nil })
    injector.setRate(percent: 1_000)
    #expect(injector.ratePercent == 100)
    #expect((0..<100).allSatisfy { _ in injector.next() != nil })
    injector.setRate(percent: -1)
    #expect(injector.next() == nil)
  }

  @Test func withoutKindsNothingFails() {
    var injector = FailureInjector<Kind>(ratePercent: 100, failures: [], seed: 3)
    #expect(injector.next() == nil)
  }
}
