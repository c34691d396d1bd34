internal import EndpointPicking

extension FamilyRows {
  /// Adds a pool's gauges.
  mutating func add(_ pool: PoolMetrics) {
    let ready = pool.endpoints.count(where: \.isReady)
    add(.poolReady, [pool.name], Double(ready))
    add(.readyEndpoints, [pool.name], Double(ready))
    add(pool, .poolKVUsage, .averageKVUsage, .deviationKVUsage) { $0.kvUsage }
    add(pool, .poolQueue, .averageQueue, .deviationQueue) { Double($0.waiting) }
    add(pool, .poolRunning, .averageRunning, .deviationRunning) { Double($0.running) }
    for endpoint in pool.endpoints {
      for family in [PickerFamily.poolPodQueue, .endpointQueue] {
        add(family, [pool.name, endpoint.id.label], Double(endpoint.waiting))
      }
    }
    addSaturation(of: pool)
    for index in pool.prefixIndexes {
      add(.extensionPrefixSize, [], Double(index.entries))
      add(.prefixSize, [index.plugin.name, index.plugin.type], Double(index.entries))
    }
    for gauge in pool.inFlight {
      let labels = [
        gauge.id.label, gauge.id.namespace, gauge.producer, gauge.flow.fairnessID, String(gauge.flow.priority),
      ]
      add(.inFlightRequests, labels, Double(gauge.requests))
      add(.inFlightTokens, labels, Double(gauge.tokens))
    }
  }

  private mutating func add(
    _ pool: PoolMetrics, _ poolAverage: PickerFamily, _ average: PickerFamily, _ deviation: PickerFamily,
    _ value: (EndpointLoad) -> Double
  ) {
    guard let statistics = pool.statistics(value) else { return }
    add(poolAverage, [pool.name], statistics.mean)
    add(average, [pool.name], statistics.mean)
    add(deviation, [pool.name], statistics.deviation)
  }

  private mutating func addSaturation(of pool: PoolMetrics) {
    if let saturation = pool.saturation { add(.extensionSaturation, [pool.name], saturation) }
    let stages = [
      ("effective", pool.saturation), ("prefill", pool.prefillSaturation), ("decode", pool.decodeSaturation),
    ]
    for case (let stage, let saturation?) in stages { add(.saturation, [pool.name, stage], saturation) }
    if let stale = pool.staleEndpoints { add(.staleEndpoints, [stale.detector], Double(stale.count)) }
    guard let occupancy = pool.flowControl else { return }
    for band in occupancy.bands {
      if let share = band.requests { add(.bandRequests, [String(band.priority), pool.name], share) }
      if let share = band.bytes { add(.bandBytes, [String(band.priority), pool.name], share) }
    }
    if let share = occupancy.requests { add(.globalRequests, [pool.name], share) }
    if let share = occupancy.bytes { add(.globalBytes, [pool.name], share) }
  }
}
