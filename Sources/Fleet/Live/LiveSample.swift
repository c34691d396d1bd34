/// One second of a fleet's life.
struct LiveSample: Sendable, Equatable {
  /// Counts the samples since the start, from 1.
  var number: UInt64
  /// Its end, in milliseconds since 1970.
  var unixMilliseconds: Int64
  /// Answered requests per second.
  var requests: Double
  /// Those of `requests` that were answered with an error.
  var errors: Double
  /// Generated tokens per second.
  var tokens: Double
  /// Mean time to first token in milliseconds; nil when there was none.
  var timeToFirstToken: Double?
  /// What 95 % of them were at most, as far as buckets tell.
  var timeToFirstToken95: Double?
  /// Mean time between two tokens in milliseconds; nil when there was none.
  var interTokenLatency: Double?
  /// What 95 % of them were at most, as far as buckets tell.
  var interTokenLatency95: Double?
  /// Requests that run at its end.
  var running: Int
  /// Requests that wait at its end.
  var waiting: Int
}
