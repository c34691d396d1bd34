internal import Prometheus

/// The `/metrics` page of one server. Made once at the start; rendering copies prepared text and fills in numbers.
public struct MetricsPage: Sendable {
  /// The `Content-Type` of the page.
  public static var contentType: String { Exposition.contentType }

  private let engines: EnginePage?
  private let engineCount: Int
  private let http: HTTPPage
  private let process = ProcessPage()

  /// `engines` is empty when engine metrics are switched off (`--disable-log-stats`).
  public init(engines: [EngineDescriptor], handlers: HTTPHandlers) {
    self.engines = engines.isEmpty ? nil : EnginePage(engines)
    engineCount = engines.count
    http = HTTPPage(handlers)
  }

  /// The page as it is now.
  ///
  /// `engines` are in the order given at the start, `http` is the sum of all loops, and `unixTime` is the wall clock in
  /// seconds with all the digits it has.
  public func render(
    engines samples: [EngineSample], http: HTTPMetrics, process: ProcessSample, unixTime: Double
  ) -> [UInt8] {
    precondition(samples.count == engineCount, "one sample per engine")
    var page = Exposition(capacity: (12 << 10) + engineCount * (56 << 10))
    self.process.write(process, to: &page)
    engines?.write(samples, unixTime: unixTime, to: &page)
    self.http.write(http, to: &page)
    return page.bytes
  }
}
