import Prometheus
import Testing

@Suite struct ExpositionTests {
  @Test func groupsInstancesUnderOneHeader() {
    let family = ScalarFamily(
      Family("app:runs_total", .counter, help: "Runs."),
      series: [["model": "a", "engine": "0"], ["model": "b", "engine": "0"], ["model": "c", "engine": "0"]])
    var page = Exposition()
    family.write(to: &page) { [1, nil, 3][$0] }
    #expect(
      text(page) == """
        # HELP app:runs_total Runs.
        # TYPE app:runs_total counter
        app:runs_total{engine="0",model="a"} 1.0
        app:runs_total{engine="0",model="c"} 3.0

        """)
  }

  @Test func histogramIsCumulativeAndOrderedLikePythons() {
    let bounds: HistogramBounds = [0.5, 1, 1_000_000]
    var histogram = Histogram(bounds)
    for value in [0.25, 0.25, 1, 2_000_000] { histogram.observe(value) }
    let family = HistogramFamily(
      Family("wait_seconds", .histogram, help: "Wait."), instances: [.init(labels: ["model": "m"], bounds: bounds)])
    var page = Exposition()
    family.write(to: &page) { _ in histogram }
    #expect(
      text(page) == """
        # HELP wait_seconds Wait.
        # TYPE wait_seconds histogram
        wait_seconds_bucket{le="0.5",model="m"} 2.0
        wait_seconds_bucket{le="1.0",model="m"} 3.0
        wait_seconds_bucket{le="1e+06",model="m"} 3.0
        wait_seconds_bucket{le="+Inf",model="m"} 4.0
        wait_seconds_count{model="m"} 4.0
        wait_seconds_sum{model="m"} 2.0000015e+06

        """)
  }

  @Test func escapesLabelsAndHelp() {
    var page = Exposition()
    page.begin(Family("x", .gauge, help: "a\\b\n\"c\""))
    page.sample(SeriesPrefix("x", ["v": "a\\b\n\"c\""]), 1)
    #expect(
      text(page) == #"""
        # HELP x a\\b\n"c"
        # TYPE x gauge
        x{v="a\\b\n\"c\""} 1.0

        """#)
  }

  @Test func aSeriesWithoutLabelsHasNoBraces() {
    var page = Exposition()
    page.sample(SeriesPrefix("up"), 1)
    #expect(text(page) == "up 1.0\n")
  }

  private func text(_ page: Exposition) -> String { String(decoding: page.bytes, as: UTF8.self) }
}
