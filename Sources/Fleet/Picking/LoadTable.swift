internal import EndpointPicking

/// Carries the loads of a pool's members into its snapshot.
struct LoadTable: Sendable {
  private struct Source: Sendable {
    /// The member's place in the snapshot.
    let index: Int
    let load: any LoadSource
    /// The revision that was read last.
    var seen: UInt64
    /// When the reading that was read last was taken; `never` for none.
    var updatedAt: Int64
  }

  /// The time of a reading that holds until its source says otherwise: no detector ever finds it stale.
  static let live = Int64.max
  private static let never = Int64.min

  /// Loads are read by `readAll` only, as a scraper would.
  let isPeriodic: Bool
  private var sources: [Source] = []
  private var places: [EndpointID: Int] = [:]
  /// The largest KV block of any member, in tokens; 0 when unknown.
  private(set) var largestBlock = 0

  init(isPeriodic: Bool) { self.isPeriodic = isPeriodic }

  /// Starts over with other members: reads the loads of new ones, and leaves those that stay at what `snapshot`, the
  /// one before, has. Returns the endpoints with their metrics.
  mutating func setMembers(_ members: [PickableEndpoint], before snapshot: Snapshot, at now: Int64) -> [Endpoint] {
    let previous = sources
    let previousPlaces = places
    sources = []
    places = [:]
    return members.enumerated().map { index, member in
      var endpoint = member.endpoint
      guard let load = member.load else { return endpoint }
      places[endpoint.id] = sources.count
      if let place = previousPlaces[endpoint.id], previous[place].load === load {
        endpoint.metrics = snapshot.endpoints[previous[place].index].metrics
        sources.append(
          Source(index: index, load: load, seen: previous[place].seen, updatedAt: previous[place].updatedAt))
      } else {
        let revision = load.revision
        endpoint.metrics = read(load, at: now)
        sources.append(
          Source(index: index, load: load, seen: revision, updatedAt: endpoint.metrics.updatedAt ?? Self.never))
      }
      return endpoint
    }
  }

  /// Reads the loads that have changed; nothing when they are read periodically.
  mutating func readChanged(into snapshot: inout Snapshot, at now: Int64) {
    if isPeriodic { return }
    for place in sources.indices {
      // The revision comes first: a change in between is then noticed at the next call.
      let revision = sources[place].load.revision
      if revision != sources[place].seen { renew(place, revision, into: &snapshot, at: now) }
    }
  }

  /// Reads all loads.
  mutating func readAll(into snapshot: inout Snapshot, at now: Int64) {
    for place in sources.indices {
      renew(place, sources[place].load.revision, into: &snapshot, at: now)
    }
  }

  /// Those of `subset`, or of all `count` members, whose readings are no older than `limit` nanoseconds; nil when that
  /// is none of them, or all. Members without a load have no readings that could be old.
  func fresh(among subset: [Int]?, of count: Int, within limit: Int64, at now: Int64) -> [Int]? {
    let oldest = now &- limit
    guard sources.contains(where: { $0.updatedAt < oldest }) else { return nil }
    var isFresh = [Bool](repeating: true, count: count)
    for source in sources where source.updatedAt < oldest { isFresh[source.index] = false }
    let fresh = subset.map { $0.filter { isFresh[$0] } } ?? isFresh.indices.filter { isFresh[$0] }
    return fresh.isEmpty || fresh.count == subset?.count ?? count ? nil : fresh
  }

  private mutating func renew(_ place: Int, _ revision: UInt64, into snapshot: inout Snapshot, at now: Int64) {
    let metrics = read(sources[place].load, at: now)
    sources[place].seen = revision
    sources[place].updatedAt = metrics.updatedAt ?? Self.never
    snapshot.update(metrics, at: sources[place].index)
  }

  private mutating func read(_ load: any LoadSource, at now: Int64) -> EndpointMetrics {
    var metrics = load.metrics(at: now)
    if !load.isScraped { metrics.updatedAt = isPeriodic ? now : Self.live }
    largestBlock = max(largestBlock, metrics.blockSize)
    return metrics
  }
}
