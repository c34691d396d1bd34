internal import Prometheus

/// The HTTP part of the page.
struct HTTPPage: Sendable {
  private let requests = Family("http_requests_total", .counter, help: "Requests by method, status and handler.")
  private let requestSize = Family("http_request_size_bytes", .summary, help: "Size of request bodies by handler.")
  private let responseSize = Family("http_response_size_bytes", .summary, help: "Size of response bodies by handler.")
  private let duration = Family(
    "http_request_duration_seconds", .histogram, help: "Time to the end of the response, by method and handler.")
  private let preciseDuration = HistogramFamily(
    Family(
      "http_request_duration_highr_seconds", .histogram, help: "Time to the end of the response, in fine buckets."),
    instances: [HistogramFamily.Instance(labels: [:], bounds: HTTPMetrics.preciseDurationBounds)])

  /// `handler="…"` per handler.
  private let handlerLabels: [[UInt8]]
  /// `le="…"` per bucket of the duration.
  private let boundLabels: [[UInt8]]
  private let methodLabels = HTTPMethodLabel.allCases.map { Array(#"method="\#($0.rawValue)""#.utf8) }
  private let statusLabels = (1...5).map { Array(#"status="\#($0)xx""#.utf8) }

  init(_ handlers: HTTPHandlers) {
    handlerLabels = (0...handlers.none).map { handler in
      var label = Exposition()
      label.text("handler=\"")
      label.escaped(handlers.label(of: handler))
      label.text("\"")
      return label.bytes
    }
    boundLabels = HTTPMetrics.durationBounds.values.map { Array(#"le="\#($0)""#.utf8) } + [Array(#"le="+Inf""#.utf8)]
  }

  func write(_ metrics: HTTPMetrics, to page: inout Exposition) {
    writeRequests(metrics, to: &page)
    page.begin(requestSize)
    writeSizes(metrics, "http_request_size_bytes_count{", "http_request_size_bytes_sum{", \.request, to: &page)
    page.begin(responseSize)
    writeSizes(metrics, "http_response_size_bytes_count{", "http_response_size_bytes_sum{", \.response, to: &page)
    writeDurations(metrics, to: &page)
    preciseDuration.write(to: &page) { _ in metrics.preciseDuration }
  }

  private func writeRequests(_ metrics: HTTPMetrics, to page: inout Exposition) {
    page.begin(requests)
    for cell in metrics.cells {
      for (status, count) in cell.statuses.enumerated() where count.value > 0 {
        page.text("http_requests_total{")
        page.text(handlerLabels[cell.handler])
        page.text(",")
        page.text(methodLabels[cell.method.index])
        page.text(",")
        page.text(statusLabels[status])
        page.text("} ")
        page.end(with: Double(count.value))
      }
    }
  }

  private func writeSizes(
    _ metrics: HTTPMetrics, _ count: StaticString, _ sum: StaticString, _ path: KeyPath<HTTPMetrics.Sizes, Summary>,
    to page: inout Exposition
  ) {
    for (handler, sizes) in metrics.sizes.enumerated() {
      let summary = sizes[keyPath: path]
      guard summary.count > 0 else { continue }
      for (name, value) in [(count, Double(summary.count)), (sum, summary.sum)] {
        page.text(name)
        page.text(handlerLabels[handler])
        page.text("} ")
        page.end(with: value)
      }
    }
  }

  private func writeDurations(_ metrics: HTTPMetrics, to page: inout Exposition) {
    page.begin(duration)
    for cell in metrics.cells {
      var cumulative: UInt64 = 0
      for (bucket, count) in cell.duration.buckets.enumerated() {
        cumulative &+= count
        page.text("http_request_duration_seconds_bucket{")
        page.text(handlerLabels[cell.handler])
        page.text(",")
        page.text(boundLabels[bucket])
        page.text(",")
        page.text(methodLabels[cell.method.index])
        page.text("} ")
        page.end(with: Double(cumulative))
      }
      for (name, value) in [
        ("http_request_duration_seconds_count{" as StaticString, Double(cumulative)),
        ("http_request_duration_seconds_sum{", cell.duration.sum),
      ] {
        page.text(name)
        page.text(handlerLabels[cell.handler])
        page.text(",")
        page.text(methodLabels[cell.method.index])
        page.text("} ")
        page.end(with: value)
      }
    }
  }
}
