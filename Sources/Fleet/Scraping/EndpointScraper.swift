internal import HTTPClient
internal import HTTPServer
internal import Logging

/// Reads the metrics pages of many endpoints on one event loop, each once per interval, over kept connections.
///
/// Readings are spread over the interval, so that the loop is never busy with them for long. An endpoint has at most
/// one going on; a slow one is asked again in the turn after it has answered. Belongs to its loop's thread.
final class EndpointScraper {
  private let loop: EventLoop
  private let context: ScrapeContext
  private let step: Int64
  /// The endpoints, by the part of the interval that is theirs.
  private var phases: [[Scrape]]
  private var phaseOfEndpoint: [ObjectIdentifier: Int] = [:]
  private var nextPhase = 0
  private var nextTurn: MonotonicTime = 0
  private var timer: LoopTimer!

  /// Parts of an interval, each at least a millisecond.
  private static let maxPhases: Int64 = 25
  /// Connections that are kept for later readings.
  private static let maxConnections = 16_384

  /// A scraper without endpoints; on the loop's thread.
  ///
  /// - Parameter counters: may be shared by the scrapers of several loops.
  init(loop: EventLoop, settings: ScrapingSettings, counters: ScrapeCounters, logger: Logger) {
    self.loop = loop
    var options = HTTPClientOptions()
    options.maxIdleConnections = Self.maxConnections
    options.connectTimeout = settings.timeout
    context = ScrapeContext(
      client: HTTPClient(loop: loop, options: options), settings: settings, counters: counters, logger: logger)
    let count = min(max(context.interval / 1_000_000, 1), Self.maxPhases)
    step = context.interval / count
    phases = Array(repeating: [], count: Int(count))
    timer = loop.makeTimer { [weak self] in self?.takeTurn() }
  }

  deinit {
    for phase in phases { for scrape in phase { scrape.stop() } }
    loop.set(timer, to: nil)
  }

  /// The number of endpoints.
  var count: Int { phaseOfEndpoint.count }

  /// Reads these endpoints from now on and no others. Those that stay are the same objects.
  func setEndpoints(_ endpoints: [ScrapedEndpoint]) {
    let wanted = Set(endpoints.map { ObjectIdentifier($0) })
    for phase in phases.indices {
      for scrape in phases[phase] where !wanted.contains(ObjectIdentifier(scrape.endpoint)) { remove(scrape.endpoint) }
    }
    for endpoint in endpoints { add(endpoint) }
  }

  /// Reads one endpoint more, for the first time within an interval.
  func add(_ endpoint: ScrapedEndpoint) {
    let id = ObjectIdentifier(endpoint)
    guard phaseOfEndpoint[id] == nil else { return }
    let phase = phases.indices.min { phases[$0].count < phases[$1].count } ?? 0
    phaseOfEndpoint[id] = phase
    let scrape = Scrape(endpoint, context: context)
    phases[phase].append(scrape)
    if count == 1 {
      nextTurn = Clock.monotonic
      loop.set(timer, to: nextTurn)
    }
    // Else it might wait for longer than anyone would.
    if context.interval > Self.longInterval { scrape.takeTurn(at: Clock.monotonic) }
  }

  private static let longInterval: Int64 = 200_000_000

  /// Reads that endpoint no longer; what was read stays with it. An answer that is on its way is not waited for.
  func remove(_ endpoint: ScrapedEndpoint) {
    guard let phase = phaseOfEndpoint.removeValue(forKey: ObjectIdentifier(endpoint)),
      let index = phases[phase].firstIndex(where: { $0.endpoint === endpoint })
    else { return }
    phases[phase][index].stop()
    phases[phase].remove(at: index)
    if count == 0 { loop.set(timer, to: nil) }
  }

  private func takeTurn() {
    let now = Clock.monotonic
    for scrape in phases[nextPhase] { scrape.takeTurn(at: now) }
    nextPhase = (nextPhase + 1) % phases.count
    nextTurn += step
    // A loop that was held up does not catch up on what it has missed.
    if nextTurn < now { nextTurn = now + step }
    loop.set(timer, to: nextTurn)
  }
}
