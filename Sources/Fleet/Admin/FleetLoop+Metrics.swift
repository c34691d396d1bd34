internal import EndpointPicking
internal import HTTPServer
internal import Prometheus

/// The picker's own metrics page: what all loops have counted, and the pools as they are.
extension FleetLoop {
  func handleMetrics(_ exchange: Exchange) {
    switch (exchange.method, exchange.path) {
    case (.get, "/metrics"), (.head, "/metrics"):
      let waiting = LoopBound(exchange, on: loop)
      gather(PickerMetricsShare(), from: 0) { [state, index = loop.index] sum in
        guard let home = state.share(of: index) else { return }
        home.loop.execute { home.bound.value.show(waiting.value, sum) }
      }
    case (.get, "/healthz"), (.get, "/health"): exchange.respond(HTTPResponse())
    case (_, "/metrics"): refuse(exchange, .methodNotAllowed)
    default: refuse(exchange, .notFound)
    }
  }

  /// Adds the shares up, loop by loop.
  private func gather(
    _ sum: PickerMetricsShare, from index: Int, _ done: @escaping @Sendable (PickerMetricsShare) -> Void
  ) {
    guard let next = state.share(of: index) else { return done(sum) }
    next.loop.execute {
      let share = next.bound.value
      var sum = sum
      sum.merge(share.metrics)
      share.gather(sum, from: index + 1, done)
    }
  }

  private func show(_ exchange: Exchange, _ sum: PickerMetricsShare) {
    guard exchange.isUnanswered else { return }
    let now = Clock.monotonic
    var sum = sum
    sum.merge(state.flowMetrics.share)
    sum.merge(state.pickerMetrics.withLock { $0 })
    let pollErrors = state.scrapes.pollErrorCount
    if pollErrors > 0 { sum.dataLayerPollsFailed(pollErrors, sourceType: "metrics-data-source") }
    var pools: [PoolMetrics] = []
    for (_, entrance) in topology.pools.sorted(by: { $0.key < $1.key }) {
      var pool = PoolMetrics(entrance.picker.gauges(at: now))
      pool.flowControl = entrance.admitter.occupancy
      for index in pool.inFlight.indices {
        pool.inFlight[index].flow.fairnessID = sum.label(ofFairnessID: pool.inFlight[index].flow.fairnessID)
      }
      pools.append(pool)
    }
    let body = state.metricsPage.render(sum, pools: pools, kubernetes: state.apiServer.health)
    exchange.respond(
      HTTPResponse(headers: [HTTPHeader("Content-Type", PickerMetricsPage.contentType)], body: body))
  }
}

extension PoolMetrics {
  /// What the page shows of what a picker says.
  fileprivate init(_ reading: PoolGauges) {
    self.init(name: reading.pool.name, endpoints: [])
    endpoints = reading.endpoints.map { endpoint in
      EndpointLoad(
        id: endpoint.id, waiting: endpoint.waiting, running: endpoint.running, kvUsage: endpoint.kvUsage,
        isReady: endpoint.isFresh)
    }
    saturation = reading.saturation
    staleEndpoints = reading.staleEndpoints
    prefixIndexes = reading.prefixIndex.map { [$0] } ?? []
    inFlight = reading.inFlight
  }
}
