internal import HTTPClient
internal import HTTPServer
internal import Logging

/// The reading of one endpoint's page, over and over. Belongs to its scraper's loop.
final class Scrape: ResponseHandler {
  /// What an attempt came to.
  enum Outcome {
    case read
    /// No whole answer of status 200; says why.
    case failed(String)
    /// A page that says nothing of the load.
    case unreadable
  }

  /// Failures in a row after which a line is logged, so that one that is lost now and then is not.
  static let loggedFailures = 3

  let endpoint: ScrapedEndpoint
  private let context: ScrapeContext
  private var reader: PageReader
  /// Where the page may be; the next is tried when one answers without a page.
  private let paths: [String]
  private var path = 0
  private var request: ClientRequest

  private var call: ClientCall?
  private var status = 0
  private var pageBytes = 0
  private var lastStart: MonotonicTime = 0
  private var failuresInRow = 0

  init(_ endpoint: ScrapedEndpoint, context: ScrapeContext) {
    self.endpoint = endpoint
    self.context = context
    let settings = context.settings
    if let plan = context.plan(of: endpoint.engine) {
      reader = PageReader(plan)
      paths = [settings.path ?? plan.mappings[0].path]
    } else {
      reader = PageReader(context.detection)
      paths = settings.path.map { [$0] } ?? context.detectionPaths
    }
    request = ClientRequest(
      url: endpoint.address.url(paths[0]), timeout: settings.timeout,
      acceptsAnyCertificate: settings.acceptsAnyCertificate)
  }

  /// It is the endpoint's turn: asks for the page, unless that is going on, or the endpoint has failed too recently.
  func takeTurn(at now: MonotonicTime) {
    guard call == nil, failuresInRow == 0 || now - lastStart >= pause else { return }
    lastStart = now
    status = 0
    pageBytes = 0
    reader.begin()
    call = context.client.send(request, to: self)
  }

  /// Asks no more.
  func stop() {
    call?.cancel()
    call = nil
  }

  /// From one attempt to the next after failures: twice as long each time. Turns come once per interval, so what is less
  /// than half of one too early is on time.
  private var pause: Int64 {
    let interval = context.interval
    let doubled = interval << Int64(min(failuresInRow - 1, 20))
    return min(doubled, max(interval, ScrapingSettings.slowestProbe)) - interval / 2
  }

  // MARK: - The answer

  func callDidReceiveHead(_ call: ClientCall, status: Int, headers: [HTTPHeader]) { self.status = status }

  func callDidReceiveBody(_ call: ClientCall, _ bytes: Span<UInt8>) {
    guard status == 200 else { return }
    pageBytes += bytes.count
    if pageBytes > context.settings.maxPageBytes {
      call.cancel()
      self.call = nil
      return end(.failed("its page has more than \(context.settings.maxPageBytes) bytes"))
    }
    reader.read(bytes)
  }

  func callDidEnd(_ call: ClientCall, _ end: ClientEnd) {
    self.call = nil
    switch end {
    case .failed(let error): self.end(.failed(error.description))
    case .complete where status != 200:
      self.end(.failed("status \(status)"))
      if status == 404 { lookElsewhere() }
    case .complete:
      guard let found = reader.end() else {
        self.end(.unreadable)
        return lookElsewhere()
      }
      endpoint.publish(found.load, at: Clock.monotonic)
      // From now on only what the engine has is looked for.
      if reader.plan.mappings.count > 1, let plan = context.plans[found.mapping.engine] { reader = PageReader(plan) }
      self.end(.read)
    }
  }

  /// There is no page, or another one: the endpoint's engine may have become another since it was found out.
  private func lookElsewhere() {
    if context.plan(of: endpoint.engine) == nil, reader.plan !== context.detection {
      reader = PageReader(context.detection)
    }
    guard paths.count > 1 else { return }
    path = (path + 1) % paths.count
    request.url = endpoint.address.url(paths[path])
  }

  private func end(_ outcome: Outcome) {
    context.counters.count(outcome)
    let reason: String
    switch outcome {
    case .read:
      if failuresInRow >= Self.loggedFailures {
        context.logger.info("reading the load of \(endpoint.address.authority) again")
      }
      failuresInRow = 0
      return
    case .failed(let text): reason = text
    case .unreadable: reason = "its page has none of the metrics that are looked for"
    }
    endpoint.recordFailure()
    failuresInRow += 1
    if failuresInRow == Self.loggedFailures {
      context.logger.warning("cannot read the load of \(endpoint.address.authority) at \(request.url): \(reason)")
    }
  }
}

/// What the scrapes of one loop share.
final class ScrapeContext {
  let client: HTTPClient
  let settings: ScrapingSettings
  let counters: ScrapeCounters
  let logger: Logger
  /// The settings' interval, within bounds.
  let interval: Int64
  /// By the engine's name.
  let plans: [String: MetricsPlan]
  /// For endpoints whose engine nobody has said.
  let detection: MetricsPlan
  let detectionPaths: [String]

  /// What to look for on the page of an endpoint with this label; nil when the page must tell.
  func plan(of engine: String?) -> MetricsPlan? {
    engine.flatMap { plans[$0] } ?? settings.defaultEngine.flatMap { plans[$0] }
  }

  init(client: HTTPClient, settings: ScrapingSettings, counters: ScrapeCounters, logger: Logger) {
    self.client = client
    self.settings = settings
    self.counters = counters
    self.logger = logger
    interval = min(max(settings.interval, 1_000_000), ScrapingSettings.longestInterval)
    plans = Dictionary(
      settings.mappings.map { ($0.engine, MetricsPlan([$0], combination: settings.combination)) },
      uniquingKeysWith: { first, _ in first })
    detection = MetricsPlan(settings.mappings, combination: settings.combination)
    var paths: [String] = []
    for mapping in settings.mappings where !paths.contains(mapping.path) { paths.append(mapping.path) }
    detectionPaths = paths.isEmpty ? ["/metrics"] : paths
  }
}
