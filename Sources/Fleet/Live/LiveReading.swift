internal import ModelServer

/// What a fleet has counted since its start, at one moment: what all loops say, added up.
struct LiveReading: Sendable {
  /// The servers of this process by their numbers.
  var servers: [Int: ServerTally] = [:]
  /// Requests of the front door that none of `servers` answered: refused ones, and those of servers elsewhere.
  var others = AnswerCount()
  /// How often rewrites chose which target.
  var rewrites: [RewriteLabels: UInt64] = [:]
  /// How often routes chose which backend.
  var routes: [RouteShares] = []
}

/// Answered requests.
struct AnswerCount: Sendable, Equatable {
  /// All of them.
  var requests: UInt64 = 0
  /// Those that were answered with a status of 400 and above, or whose client left.
  var errors: UInt64 = 0

  /// Counts a request with that status; 0 when its client left.
  mutating func count(status: Int) {
    requests &+= 1
    if status == 0 || status >= 400 { errors &+= 1 }
  }

  mutating func merge(_ other: AnswerCount) {
    requests &+= other.requests
    errors &+= other.errors
  }
}
