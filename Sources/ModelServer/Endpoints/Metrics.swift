internal import HTTPServer
internal import Prometheus
internal import Simulation

/// `/metrics`: what all loops have counted, on one page.
extension LoopApplication {
  /// One loop's share of a page.
  struct Share: Sendable {
    let engines: [(model: Int, sample: EngineSample)]
    let http: HTTPMetrics
    /// By model: of the connections that live on this loop.
    let lateness: [Histogram]
  }

  /// A page as it was rendered, and what it was rendered from.
  struct RenderedPage {
    let revision: UInt64
    let process: ProcessSample
    let body: [UInt8]
  }

  /// This loop's counts and gauges as they are now.
  var share: Share {
    Share(
      engines: hosts.compactMap { host in host.map { ($0.model, $0.sample) } }, http: httpMetrics,
      lateness: lateness.histograms)
  }

  /// Changes whenever `share` may have.
  private var revision: UInt64 { hosts.reduce(httpRevision &+ lateness.revision) { $0 &+ ($1?.revision ?? 0) } }

  func showMetrics(_ exchange: Exchange) {
    if state.loopCount == 1 {
      // Pickers scrape many times a second, and most of the time nothing has happened.
      let process = processSampler.sample(at: Instant(nanoseconds: Clock.monotonic))
      if let page = renderedPage, page.revision == revision, page.process == process {
        return show(exchange, page.body)
      }
      let body = render([share], process)
      renderedPage = RenderedPage(revision: revision, process: process, body: body)
      return show(exchange, body)
    }
    // Every loop adds its share in turn; the page is rendered where the request came in.
    let waiting = LoopBound(exchange, on: loop)
    gather([], from: 0) { [state, index = loop.index] shares in
      guard let home = state.application(on: index) else { return }
      home.loop.execute { home.bound.value.show(waiting.value, shares) }
    }
  }

  private func gather(_ shares: [Share], from loop: Int, _ done: @escaping @Sendable ([Share]) -> Void) {
    guard loop < state.loopCount, let next = state.application(on: loop) else { return done(shares) }
    next.loop.execute {
      let application = next.bound.value
      application.gather(shares + [application.share], from: loop + 1, done)
    }
  }

  private func show(_ exchange: Exchange, _ shares: [Share]) {
    guard exchange.isUnanswered else { return }
    // A loop that has stopped has no share; the server is about to end.
    guard shares.reduce(0, { $0 + $1.engines.count }) == state.catalog.models.count else {
      return refuse(exchange, .shuttingDown)
    }
    show(exchange, render(shares, processSampler.sample(at: Instant(nanoseconds: Clock.monotonic))))
  }

  private func show(_ exchange: Exchange, _ body: [UInt8]) {
    respond(exchange, [HTTPHeader("Content-Type", MetricsPage.contentType)], body)
  }

  private func render(_ shares: [Share], _ process: ProcessSample) -> [UInt8] {
    var http = HTTPMetrics(Route.handlers)
    var engines = shares.flatMap(\.engines).sorted { $0.model < $1.model }.map(\.sample)
    for share in shares {
      http.merge(share.http)
      for (model, histogram) in share.lateness.enumerated() { engines[model].metrics.emitted(late: histogram) }
    }
    return state.metricsPage.render(
      engines: state.configuration.api.logStats ? engines : [], http: http, process: process,
      unixTime: Double(Clock.realtime) / 1e9)
  }
}
