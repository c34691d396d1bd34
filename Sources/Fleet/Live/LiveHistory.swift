internal import ModelServer

/// The last five minutes of a fleet, second by second, and what its servers and splits did lately.
///
/// A plain value: readings and times are handed in. All it keeps is bounded by the number of servers.
struct LiveHistory: Sendable {
  /// How many seconds it keeps.
  static let capacity = 300

  private var ring: [LiveSample] = []
  /// Where the next sample goes, once there are `capacity`.
  private var next = 0
  private var count: UInt64 = 0
  private var before: (at: Int64, reading: LiveReading)?
  private var servers: [Int: ServerTrack] = [:]
  /// The splits, in the order of the objects.
  private(set) var splits: [SplitTrack] = []

  /// The fleet has counted `reading` by `now`.
  ///
  /// - Parameters:
  ///   - splits: those that there are now.
  ///   - load: requests that run and wait now.
  ///   - now: in nanoseconds on a clock that never goes back.
  ///   - unixMilliseconds: the same on the wall clock.
  mutating func take(
    _ reading: LiveReading, splits: [LiveSplit], load: (running: Int, waiting: Int), at now: Int64,
    unixMilliseconds: Int64
  ) {
    let (start, earlier) = before ?? (now, LiveReading())
    for (id, tally) in reading.servers {
      if before == nil { servers[id] = ServerTrack(tally, since: now) }
      servers[id, default: ServerTrack(since: start)].take(tally, at: now)
    }
    for id in servers.keys where reading.servers[id] == nil { servers[id] = nil }
    follow(splits, from: earlier, to: reading)
    if now > start {
      append(
        sample(from: earlier, to: reading, seconds: Double(now - start) / 1e9, load, unixMilliseconds))
    }
    before = (now, reading)
  }

  /// The samples behind the one with that number, the oldest first.
  func samples(since number: UInt64) -> [LiveSample] {
    let ordered = Array(ring[next...] + ring[..<next])
    guard let first = ordered.first else { return [] }
    // Numbers follow each other; one from before a restart may be above all of them.
    guard number >= first.number else { return ordered }
    return Array(ordered.dropFirst(Int(min(number - first.number + 1, UInt64(ordered.count)))))
  }

  /// What a server of that number did lately; nil when nothing is known of it.
  func server(_ id: Int) -> ServerTrack? { servers[id] }

  private mutating func append(_ sample: LiveSample) {
    guard ring.count == Self.capacity else {
      ring.append(sample)
      return
    }
    ring[next] = sample
    next = (next + 1) % Self.capacity
  }

  private mutating func follow(_ wanted: [LiveSplit], from earlier: LiveReading, to reading: LiveReading) {
    splits = wanted.prefix(LiveSplit.limits.splits).map { split in
      var track =
        splits.first { $0.split == split } ?? SplitTrack(split, before: split.counts(in: earlier))
      track.take(split.counts(in: reading))
      return track
    }
  }

  private mutating func sample(
    from earlier: LiveReading, to reading: LiveReading, seconds: Double, _ load: (running: Int, waiting: Int),
    _ unixMilliseconds: Int64
  ) -> LiveSample {
    var requests = reading.others.requests &- earlier.others.requests
    var errors = reading.others.errors &- earlier.others.errors
    var tokens: UInt64 = 0
    var firstTokens = LatencyStep()
    var gaps = LatencyStep()
    for (id, tally) in reading.servers {
      let old = earlier.servers[id]
      requests &+= tally.requests &- (old?.requests ?? 0)
      errors &+= tally.errors &- (old?.errors ?? 0)
      tokens &+= tally.tokens &- (old?.tokens ?? 0)
      firstTokens.add(from: old?.timeToFirstToken, to: tally.timeToFirstToken)
      gaps.add(from: old?.interTokenLatency, to: tally.interTokenLatency)
    }
    count += 1
    return LiveSample(
      number: count, unixMilliseconds: unixMilliseconds, requests: Double(requests) / seconds,
      errors: Double(errors) / seconds, tokens: Double(tokens) / seconds,
      timeToFirstToken: firstTokens.meanMilliseconds, timeToFirstToken95: firstTokens.boundMilliseconds(of: 0.95),
      interTokenLatency: gaps.meanMilliseconds, interTokenLatency95: gaps.boundMilliseconds(of: 0.95),
      running: load.running, waiting: load.waiting)
  }
}
