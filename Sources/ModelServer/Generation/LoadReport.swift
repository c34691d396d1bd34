internal import HTTPServer
internal import JSON

/// The engine's load in a response header, for balancers that ask with `endpoint-load-metrics-format` (vLLM 0.33,
/// headers).
enum LoadReport {
  enum Format: Sendable {
    case text
    case json
  }

  /// The format that a request asks for; nil for none, or one that does not exist.
  static func wanted(_ exchange: Exchange) -> Format? {
    switch exchange.header("endpoint-load-metrics-format")?.uppercased() {
    case "TEXT": .text
    case "JSON": .json
    default: nil
    }
  }

  static func header(_ load: LoadSnapshot, _ format: Format) -> HTTPHeader {
    let usage = load.kvCacheUsage
    let waiting = Double(load.waiting)
    let value =
      switch format {
      case .text: "TEXT named_metrics.kv_cache_usage_perc=\(usage), named_metrics.num_requests_waiting=\(waiting)"
      case .json:
        "JSON {\"named_metrics\": {\"kv_cache_usage_perc\": \(usage), \"num_requests_waiting\": \(waiting)}}"
      }
    return HTTPHeader("endpoint-load-metrics", value)
  }
}
