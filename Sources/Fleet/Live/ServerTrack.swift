internal import ModelServer

/// The last seconds of one server: what it has counted at each of a few readings.
struct ServerTrack: Sendable {
  /// How many readings it keeps: differences are those of 10 seconds.
  static let capacity = 11

  private struct Mark: Sendable {
    var at: Int64
    var tally: Small
  }

  /// The numbers of a `ServerTally` without buckets.
  private struct Small: Sendable {
    var requests: UInt64 = 0
    var errors: UInt64 = 0
    var firstTokens: (count: UInt64, seconds: Double) = (0, 0)
    var gaps: (count: UInt64, seconds: Double) = (0, 0)

    init(_ tally: ServerTally) {
      requests = tally.requests
      errors = tally.errors
      firstTokens = (tally.timeToFirstToken.count, tally.timeToFirstToken.sum)
      gaps = (tally.interTokenLatency.count, tally.interTokenLatency.sum)
    }
  }

  private var marks: [Mark] = []

  /// A server that had counted `tally` at `start`, in nanoseconds.
  init(_ tally: ServerTally = ServerTally(), since start: Int64) { marks = [Mark(at: start, tally: Small(tally))] }

  /// The server has counted `tally` by `now`.
  mutating func take(_ tally: ServerTally, at now: Int64) {
    marks.append(Mark(at: now, tally: Small(tally)))
    if marks.count > Self.capacity { marks.removeFirst() }
  }

  /// Requests per second.
  var requests: Double { perSecond(\.requests) }
  /// Errors per second.
  var errors: Double { perSecond(\.errors) }
  /// Mean time to first token in milliseconds; nil when there was none.
  var timeToFirstToken: Double? { mean(\.firstTokens) }
  /// Mean time between two tokens in milliseconds; nil when there was none.
  var interTokenLatency: Double? { mean(\.gaps) }

  private func perSecond(_ field: KeyPath<Small, UInt64>) -> Double {
    guard let first = marks.first, let last = marks.last, last.at > first.at else { return 0 }
    return Double(last.tally[keyPath: field] &- first.tally[keyPath: field]) * 1e9 / Double(last.at - first.at)
  }

  private func mean(_ field: KeyPath<Small, (count: UInt64, seconds: Double)>) -> Double? {
    guard let first = marks.first?.tally[keyPath: field], let last = marks.last?.tally[keyPath: field],
      last.count > first.count
    else { return nil }
    return max(0, last.seconds - first.seconds) / Double(last.count - first.count) * 1_000
  }
}
