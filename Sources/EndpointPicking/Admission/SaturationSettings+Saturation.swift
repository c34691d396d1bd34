extension SaturationSettings.Utilization {
  /// How busy a pool is, by its servers' queues and caches: 1 or more is saturated, as is a pool without endpoints.
  ///
  /// The average over the endpoints of max(waiting / queueDepth, kvUsage / limit of kvUsage), where missing or stale
  /// metrics count 1 (GIE v1.5, `utilization-detector`): one idle pod among busy ones lowers it.
  ///
  /// - Parameter now: nanoseconds on the clock of `EndpointMetrics.updatedAt`.
  public func saturation(of endpoints: [Endpoint], at now: Int64) -> Double {
    if endpoints.isEmpty { return 1 }
    var sum = 0.0
    for endpoint in endpoints { sum += load(of: endpoint.metrics, at: now) ?? 1 }
    return sum / Double(endpoints.count)
  }

  /// An endpoint's load; nil when it is not known.
  private func load(of metrics: EndpointMetrics, at now: Int64) -> Double? {
    guard let updatedAt = metrics.updatedAt, !metrics.kvUsage.isNaN else { return nil }
    let (age, overflow) = now.subtractingReportingOverflow(updatedAt)
    if overflow ? updatedAt < 0 : age > staleness { return nil }
    let least = Double.leastNormalMagnitude  // a limit of 0 is exceeded by anything but 0
    return max(Double(metrics.waiting) / max(queueDepth, least), metrics.kvUsage / max(kvUsage, least))
  }
}

extension SaturationSettings.Concurrency {
  /// How busy a pool is, by the requests or tokens that are in flight to each of its endpoints: 1 or more is saturated,
  /// as is a pool without endpoints.
  ///
  /// The sum of what is in flight, divided by the number of endpoints times the limit of one (GIE v1.5,
  /// `concurrency-detector`).
  public func saturation(inFlight: some Collection<Int>) -> Double {
    if inFlight.isEmpty { return 1 }
    var sum = 0.0
    for amount in inFlight { sum += Double(amount) }
    return sum / (Double(inFlight.count) * Double(max(limit, 1)))
  }
}
