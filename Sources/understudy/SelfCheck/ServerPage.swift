import HTTPClient
import Prometheus

/// What a self-check reads of its server's `/metrics`.
struct ServerPage {
  private static let buckets = "understudy_emission_lateness_seconds_bucket"
  private static let memory = "process_resident_memory_bytes"

  /// Of the process, server and client together.
  private(set) var residentBytes = 0.0
  /// Cumulative counts by upper bound in seconds, in the page's order.
  private var lateness: [(bound: Double, count: Double)] = []

  init(port: Int) throws(LaunchError) {
    let response: ClientResponse
    do {
      response = try BlockingHTTPClient().send(
        ClientRequest(url: "http://127.0.0.1:\(port)/metrics", timeout: 10_000_000_000))
    } catch {
      throw LaunchError("self-check: \(error)", status: LaunchError.runtime)
    }
    for sample in ExpositionParser(names: [Self.buckets, Self.memory]).samples(in: response.body) {
      if sample.name == Self.memory {
        residentBytes = sample.value
      } else if let le = sample[label: "le"] {
        lateness.append((le == "+Inf" ? .infinity : Double(le) ?? .infinity, sample.value))
      }
    }
  }

  /// The bucket, by its upper bound in seconds, below which `share` of what came since `earlier` lies; nil when nothing
  /// came.
  func latenessBound(since earlier: ServerPage, share: Double) -> Double? {
    let counts = zip(lateness, earlier.lateness).map { (bound: $0.bound, count: $0.count - $1.count) }
    guard let total = counts.last?.count, total > 0 else { return nil }
    return counts.first { $0.count >= share * total }?.bound
  }
}
