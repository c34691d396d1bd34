import Prometheus
import Simulation
import Testing

@Suite struct InstrumentTests {
  @Test func counterGrowsAndMerges() {
    var counter = Counter()
    counter.increment()
    counter.increment(by: 41)
    var other = Counter(8)
    other.merge(counter)
    #expect(counter.value == 42)
    #expect(other.value == 50)
  }

  @Test func counterWrapsInsteadOfTrapping() {
    var counter = Counter(.max)
    counter.increment(by: 3)
    #expect(counter.value == 2)
  }

  @Test func gaugeGoesBothWays() {
    var gauge = Gauge(2)
    gauge.add(-5)
    gauge.merge(Gauge(1))
    #expect(gauge.value == -2)
  }

  @Test func summaryCountsAndLeavesOutNaN() {
    var summary = Summary()
    for value in [1, .nan, 2.5] { summary.observe(value) }
    var other = Summary()
    other.observe(10)
    summary.merge(other)
    #expect(summary.count == 3)
    #expect(summary.sum == 13.5)
  }

  @Test(
    arguments: [
      (-1, 0), (0, 0), (1, 0), (1.0000001, 1), (2, 1), (5, 2), (5.1, 3), (.infinity, 3), (-.infinity, 0),
    ] as [(Double, Int)])
  func boundsAreInclusive(_ value: Double, _ bucket: Int) {
    var histogram = Histogram([1, 2, 5])
    histogram.observe(value)
    #expect(histogram.buckets.firstIndex(of: 1) == bucket)
    #expect(histogram.count == 1)
  }

  @Test func histogramWeighsAndMerges() {
    var histogram = Histogram([1, 2])
    histogram.observe(0.5, count: 4)
    histogram.observe(.nan)
    histogram.observe(1.5)
    var other = Histogram([1, 2])
    other.observe(7)
    histogram.merge(other)
    #expect(histogram.buckets == [4, 1, 1])
    #expect(histogram.sum == 10.5)
  }

  @Test func histogramAgreesWithASearch() {
    var generator = SplitMix64(seed: 2)
    let bounds = (0..<30).map { Double($0 * $0) }
    var histogram = Histogram(HistogramBounds(bounds))
    var expected = [UInt64](repeating: 0, count: bounds.count + 1)
    for _ in 0..<5000 {
      let value = Double.random(in: -10...1000, using: &generator)
      histogram.observe(value)
      expected[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
    }
    #expect(histogram.buckets == expected)
  }

  @Test(
    arguments: [
      (-5, []), (0, []), (1, [1]), (4, [1, 2]), (100, [1, 2, 5, 10, 20, 50, 100]),
      (1024, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]),
    ] as [(Int, [Double])])
  func oneTwoFive(_ maximum: Int, _ bounds: [Double]) {
    #expect(HistogramBounds.oneTwoFive(upTo: maximum).values == bounds)
  }

  @Test func oneTwoFiveEndsAtTheLargestInteger() {
    #expect(HistogramBounds.oneTwoFive(upTo: .max).values.last == 5e18)
  }
}
