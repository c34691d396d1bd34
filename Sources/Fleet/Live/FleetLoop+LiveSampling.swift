internal import HTTPServer
internal import ModelServer

/// Once a second every loop says what it has counted, and the first one keeps it for the page.
extension FleetLoop {
  /// How often a sample is taken.
  static let sampleInterval: MonotonicTime = 1_000_000_000

  /// Takes a sample; on the first loop.
  func takeLiveSample() {
    gatherLive(LiveReading(), from: 0) { [state, loop] reading in
      loop.execute { state.share(of: loop.index)?.bound.value.keepLive(reading) }
    }
  }

  /// Adds the counts up, loop by loop.
  private func gatherLive(
    _ sum: LiveReading, from index: Int, _ done: @escaping @Sendable (LiveReading) -> Void
  ) {
    guard let next = state.share(of: index) else { return done(sum) }
    next.loop.execute {
      var sum = sum
      next.bound.value.addLive(to: &sum)
      next.bound.value.gatherLive(sum, from: index + 1, done)
    }
  }

  private func addLive(to reading: inout LiveReading) {
    for (id, server) in hosted { server.add(to: &reading.servers[id, default: ServerTally()]) }
    reading.others.merge(others)
    for (labels, counter) in zip(metrics.rewrites.labels, metrics.rewrites.values) {
      reading.rewrites[labels, default: 0] &+= counter.value
    }
  }

  private func keepLive(_ reading: LiveReading) {
    let now = Clock.monotonic
    var reading = reading
    reading.routes = state.splits.withLock(\.shares)
    if liveSplits.version != topology.version {
      let pools = topology.pools.keys.sorted()
      liveSplits = (topology.version, state.rewrites.withLock { LiveSplit.splits(of: $0, pools: pools) })
    }
    var load = (running: 0, waiting: 0)
    for source in topology.loads {
      let metrics = source.metrics(at: now)
      load.running += metrics.running
      load.waiting += metrics.waiting
    }
    let splits = liveSplits.splits + reading.routes.map(\.split)
    state.live.withLock { history in
      history.take(
        reading, splits: splits, load: load, at: now, unixMilliseconds: Clock.realtime / 1_000_000)
    }
  }
}

extension Topology {
  /// What tells the loads of all servers, here and elsewhere.
  fileprivate var loads: [any LoadSource] {
    replicas.map { $0.load as any LoadSource } + remotes.values.map { $0.load as any LoadSource }
  }
}
