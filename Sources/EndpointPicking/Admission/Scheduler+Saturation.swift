extension Scheduler {
  /// How busy the pool is, by its configured detector: 1 or more is saturated, as is a pool without endpoints.
  ///
  /// - Parameters:
  ///   - snapshot: made by this scheduler.
  ///   - now: nanoseconds on the clock of `EndpointMetrics.updatedAt`.
  public func saturation(of snapshot: Snapshot, at now: Int64) -> Double {
    switch configuration.saturation.detector {
    case .utilization(let limits): limits.saturation(of: snapshot.endpoints, at: now)
    case .concurrency(let limits):
      limits.saturation(
        inFlight: snapshot.handles.lazy.map {
          limits.countsTokens ? learned.inFlight.tokens($0) : learned.inFlight.requests($0)
        })
    }
  }
}
