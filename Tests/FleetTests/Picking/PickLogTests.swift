import EndpointPicking
import Testing

@testable import Fleet

@Suite struct PickLogTests {
  private static let second: Int64 = 1_000_000_000

  /// Picks a second, candidates of each, and how many are explained in ten seconds after a busy one.
  @Test(arguments: [
    (1, 10, 10...10), (10, 10, 100...100), (200, 100, 1_950...2_000), (1_000, 10, 1_980...2_001),
    (1_000, 1_000, 198...201),
    (1_000, 100_000, 9...11),
  ]) func samples(rate: Int64, candidates: Int, expected: ClosedRange<Int>) {
    let sampler = PickSampler()
    func taken(_ seconds: Range<Int64>) -> Int {
      (seconds.lowerBound * rate..<seconds.upperBound * rate).count {
        sampler.takes(candidates: candidates, at: $0 * Self.second / rate)
      }
    }
    _ = taken(0..<5)
    #expect(expected.contains(taken(5..<15)))
  }

  @Test func allowsABurstAfterAPause() {
    let sampler = PickSampler()
    #expect((0..<300).count { _ in sampler.takes(candidates: 3, at: 0) } == 200)
    #expect((0..<300).count { _ in sampler.takes(candidates: 3, at: Self.second) } == 200)
  }

  @Test func keepsTheNewest() throws {
    let log = PickLog()
    let picker = Picking.picker([Picking.endpoint(0), Picking.endpoint(1)], log: log)
    #expect(try Picking.withJSON(String(decoding: log.json, as: UTF8.self)) { $0.member("picks")?.count } == 0)
    for index in 0..<290 {
      var request = Picking.request()
      request.id = "\(index)"
      let outcome = picker.pick(request, at: 0, explain: index >= 240)
      #expect((outcome.explanation != nil) == (index >= 240))
    }
    // 200 by sampling, and the 50 that asked.
    let expected = (240..<290).reversed().map(String.init) + (186..<200).reversed().map(String.init)
    #expect(log.picks.map(\.requestID) == expected)
    let ids = try Picking.withJSON(String(decoding: log.json, as: UTF8.self)) { root in
      root.member("picks")?.elements.compactMap { $0.member("request_id")?.string }
    }
    #expect(ids == expected)
  }

  @Test func keepsRefusals() {
    let log = PickLog()
    _ = Picking.picker([], log: log).pick(Picking.request(), at: 0)
    #expect(log.picks.count == 1 && log.picks[0].chosen == nil)
  }
}
