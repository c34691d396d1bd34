internal import EndpointPicking
internal import Synchronization

/// The latest explained picks, for `GET /debug/picks`.
///
/// Explaining a pick takes many times longer than picking, so it is not done for all: `PickSampler` chooses some, which
/// are all of them while there are fewer than 200 a second. A pick whose request asked for its explanation is always
/// here. One log may serve several pools.
final class PickLog: Sendable {
  /// How many picks it keeps.
  static let capacity = 64

  private struct Ring: Sendable {
    var picks: [PickExplanation] = []
    /// Where the next one goes, once there are `capacity`.
    var next = 0
  }

  private let ring = Mutex(Ring())
  private let sampler = PickSampler()

  /// A pick at `now`, in nanoseconds, among so many candidates is to be explained although nobody asked for it.
  func wants(candidates: Int, at now: Int64) -> Bool { sampler.takes(candidates: candidates, at: now) }

  /// Keeps a pick in the place of the oldest.
  func record(_ pick: PickExplanation) {
    ring.withLock { ring in
      guard ring.picks.count == Self.capacity else {
        ring.picks.append(pick)
        return
      }
      ring.picks[ring.next] = pick
      ring.next = (ring.next + 1) % Self.capacity
    }
  }

  /// The picks, the newest first.
  var picks: [PickExplanation] {
    let ring = ring.withLock { $0 }
    return Array((ring.picks[ring.next...] + ring.picks[..<ring.next]).reversed())
  }

  /// `{"picks":[…]}`, the newest first.
  var json: [UInt8] {
    var body = Array(#"{"picks":["#.utf8)
    for (index, pick) in picks.enumerated() {
      if index > 0 { body.append(UInt8(ascii: ",")) }
      body += pick.json
    }
    body += "]}".utf8
    return body
  }
}
