import KubernetesClient
import Testing

@Suite struct BackoffTests {
  @Test func waitsDoubleWithinTheirBoundsAndDifferByChance() {
    var all: Set<Int64> = []
    for seed in 0..<50 {
      var backoff = Backoff(initial: 100, cap: 1000, seed: UInt64(seed))
      for due in [100, 200, 400, 800, 1000, 1000, 1000] as [Int64] {
        let wait = backoff.next()
        #expect(wait >= due / 2 && wait <= due)
        if due == 1000 { all.insert(wait) }
      }
      #expect(backoff.failures == 7)
      backoff.reset()
      #expect(backoff.next() <= 100)
    }
    #expect(all.count > 30)
  }

  @Test func manyFailuresDoNotOverflow() {
    var backoff = Backoff(initial: .max / 2, cap: .max, seed: 3)
    for _ in 0..<200 { #expect(backoff.next() > 0) }
  }
}
