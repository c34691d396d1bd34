import Prometheus
import Simulation
import Testing

@testable import ModelServer

@Suite struct MetricsHTTPTests {
  private static let handlers = HTTPHandlers([
    "/v1/completions", "/v1/models/{model:path}", "/metrics", "/health", "/health/ready", "/v1/load_lora_adapter",
  ])

  private static func scrape(_ metrics: HTTPMetrics) -> [ParsedSample] {
    var fixture = MetricsFixture(models: [], handlers: handlers)
    fixture.http = metrics
    return fixture.scrape()
  }

  private static func observe(_ metrics: inout HTTPMetrics, _ handler: Int?, _ method: HTTPMethodLabel, _ status: Int) {
    metrics.observe(
      handler: handler, method: method, status: status, duration: .milliseconds(300), requestBytes: 10,
      responseBytes: 1000)
  }

  @Test func countsByMethodStatusAndHandler() {
    var metrics = HTTPMetrics(Self.handlers)
    Self.observe(&metrics, 0, .post, 200)
    Self.observe(&metrics, 0, .post, 201)
    Self.observe(&metrics, 0, .post, 404)
    Self.observe(&metrics, 0, .get, 405)
    Self.observe(&metrics, 1, .get, 200)
    let scrape = Self.scrape(metrics)
    let post = ["handler": "/v1/completions", "method": "POST"]
    #expect(scrape.value("http_requests_total", post.merging(["status": "2xx"]) { $1 }) == 2)
    #expect(scrape.value("http_requests_total", post.merging(["status": "4xx"]) { $1 }) == 1)
    #expect(scrape.filter { $0.name == "http_requests_total" }.count == 4)
    #expect(scrape.value("http_request_duration_seconds_count", post) == 3)
    #expect(scrape.value("http_request_duration_seconds_sum", post).map { abs($0 - 0.9) < 1e-9 } == true)
    let buckets = scrape.filter {
      $0.name == "http_request_duration_seconds_bucket" && $0[label: "method"] == "POST"
    }
    #expect(buckets.map { $0[label: "le"] } == ["0.1", "0.5", "1.0", "+Inf"])
    #expect(buckets.map(\.value) == [0, 3, 3, 3])
    #expect(scrape.value("http_request_size_bytes_sum", ["handler": "/v1/completions"]) == 40)
    #expect(scrape.value("http_response_size_bytes_count", ["handler": "/v1/completions"]) == 4)
    #expect(scrape.value("http_request_duration_highr_seconds_count") == 5)
    #expect(scrape.value("http_request_duration_highr_seconds_bucket", ["le": "0.25"]) == 0)
  }

  @Test(arguments: [nil, 99, -1] as [Int?])
  func unknownPathsShareOneHandler(_ handler: Int?) {
    var metrics = HTTPMetrics(Self.handlers)
    Self.observe(&metrics, handler, HTTPMethodLabel(method: "BREW"), 404)
    let labels = ["handler": "none", "method": "OTHER", "status": "4xx"]
    #expect(Self.scrape(metrics).value("http_requests_total", labels) == 1)
  }

  @Test(arguments: [2, 3, 4, 5])
  func operationsAreExcluded(_ handler: Int) {
    var metrics = HTTPMetrics(Self.handlers)
    Self.observe(&metrics, handler, .get, 200)
    #expect(Self.scrape(metrics).value("http_request_duration_highr_seconds_count") == 0)
    #expect(!Self.scrape(metrics).contains { $0.name == "http_requests_total" })
  }

  @Test(arguments: [(0, "1xx"), (100, "1xx"), (599, "5xx"), (999, "5xx"), (-7, "1xx")])
  func statusesAreGrouped(_ status: Int, _ group: String) {
    var metrics = HTTPMetrics(Self.handlers)
    Self.observe(&metrics, 0, .get, status)
    #expect(Self.scrape(metrics).value("http_requests_total", ["status": group]) == 1)
  }

  @Test func routesOfOnePathShareTheirSeries() {
    let handlers = HTTPHandlers(["/a", "/b", "/a"])
    var fixture = MetricsFixture(models: [], handlers: handlers)
    for route in [0, 2, 2] { Self.observe(&fixture.http, route, .get, 200) }
    #expect(fixture.scrape().value("http_requests_total", ["handler": "/a"]) == 3)
  }

  @Test func methodLabelsKnowTheirPosition() {
    #expect(HTTPMethodLabel.allCases.map(\.index) == Array(HTTPMethodLabel.allCases.indices))
  }

  @Test func loopsMergeToWhatOneLoopWouldHaveCounted() {
    var loops = [HTTPMetrics](repeating: HTTPMetrics(Self.handlers), count: 3)
    var whole = HTTPMetrics(Self.handlers)
    for step in 0..<300 {
      // Steps without a common divisor meet in every combination.
      let method = HTTPMethodLabel.allCases[step % HTTPMethodLabel.allCases.count]
      let status = [200, 301, 404, 500, 503][step % 5]
      Self.observe(&loops[step % 3], step % 7, method, status)
      Self.observe(&whole, step % 7, method, status)
    }
    var merged = loops[0]
    for loop in loops[1...] { merged.merge(loop) }
    func rounded(_ metrics: HTTPMetrics) -> [String: Double] {
      Dictionary(
        uniqueKeysWithValues: Self.scrape(metrics).map { sample in
          ("\(sample.name)\(sample.labels)", (sample.value * 1e6).rounded())
        })
    }
    #expect(rounded(merged) == rounded(whole))
  }
}
