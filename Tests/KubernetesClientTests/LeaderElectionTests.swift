import HTTPServer
import JSON
import Simulation
import Synchronization
import Testing

@testable import KubernetesClient

/// Candidates, their lease and their clocks.
@Suite struct LeaderElectionTests {
  private let second: Int64 = 1_000_000_000

  private func candidate(_ identity: String = "me") -> LeaderElection { LeaderElection(identity: identity, seed: 1) }

  private func lease(_ holder: String, _ version: Int, seconds: Int = 15) -> Lease {
    Lease(
      record: LeaseRecord(holder: holder, seconds: seconds, renewed: "\(version)", transitions: 4),
      metadata: Array("\(version)".utf8))
  }

  /// A leader since time 0.
  private func leader() -> LeaderElection {
    var candidate = candidate()
    _ = candidate.start()
    _ = candidate.read(nil, at: 0, date: 0)
    _ = candidate.written(lease("me", 1), at: 0)
    return candidate
  }

  @Test func theFirstOneMakesTheLease() {
    var candidate = candidate()
    #expect(candidate.start() == [.read])
    let time = "2026-01-31T12:00:00.123456Z"
    #expect(
      candidate.read(nil, at: 5, date: 1_769_860_800_123_456_789) == [
        .create(LeaseRecord(holder: "me", seconds: 15, acquired: time, renewed: time))
      ])
    #expect(candidate.written(lease("me", 1), at: 6) == [.observed("me"), .gained])
    #expect(candidate.isLeader)
    #expect(candidate.deadline == 6 + 2 * second)
    // Its own lease is renewed: the same holder since the same time.
    #expect(candidate.tick(at: 6 + 2 * second) == [.read])
    let renewal = candidate.read(lease("me", 1), at: 3 * second, date: 0)
    guard case .update(let updated)? = renewal.first else {
      Issue.record("no update")
      return
    }
    #expect(updated.record.transitions == 4)
    #expect(updated.record.acquired == nil)
    #expect(updated.metadata == Array("1".utf8))
    #expect(candidate.written(lease("me", 2), at: 3 * second).isEmpty)
  }

  @Test func someoneElsesLeaseIsRespectedUntilItHasNotChangedForItsTime() {
    var candidate = candidate()
    _ = candidate.start()
    #expect(candidate.read(lease("you", 1), at: 0, date: 0) == [.observed("you")])
    var now: Int64 = 0
    for version in [1, 1, 2, 2, 2, 2] {
      now += 5 * second
      #expect(candidate.tick(at: now) == [.read])
      // At 15 s it had been renewed in between.
      #expect(candidate.read(lease("you", version), at: now, date: 0).isEmpty)
      if version == 2, now == 25 * second { break }
    }
    _ = candidate.tick(at: 29 * second)
    #expect(candidate.read(lease("you", 2), at: 29 * second, date: 0).isEmpty)
    _ = candidate.tick(at: 33 * second)
    let actions = candidate.read(lease("you", 2), at: 33 * second, date: 0)
    guard case .update(let taken)? = actions.first else {
      Issue.record("not taken: \(actions)")
      return
    }
    #expect(taken.record.holder == "me")
    #expect(taken.record.transitions == 5)
    #expect(candidate.written(lease("me", 3), at: 33 * second) == [.observed("me"), .gained])
  }

  @Test func aFreedLeaseIsTakenAtOnce() {
    var candidate = candidate()
    _ = candidate.start()
    let actions = candidate.read(lease("", 1), at: 0, date: 0)
    guard case .update? = actions.first else {
      Issue.record("not taken: \(actions)")
      return
    }
  }

  @Test func someoneWasFaster() {
    var candidate = candidate()
    _ = candidate.start()
    _ = candidate.read(lease("", 1), at: 0, date: 0)
    #expect(candidate.failed(at: 0).isEmpty)
    #expect(!candidate.isLeader)
    #expect(candidate.deadline! >= 2 * second && candidate.deadline! <= 4 * second)
  }

  @Test func aLeaderThatCannotRenewGivesUpInTime() {
    var candidate = leader()
    var now: Int64 = 0
    var lost: Int64?
    while lost == nil, now < 20 * second {
      now = candidate.deadline ?? now
      let actions = candidate.tick(at: now)
      if actions.contains(.lost) { lost = now } else { #expect(candidate.failed(at: now).isEmpty) }
    }
    #expect(lost == 10 * second)
    #expect(!candidate.isLeader)
    // It goes on as a candidate.
    #expect(candidate.failed(at: 10 * second).isEmpty)
    #expect(candidate.deadline! > 10 * second)
  }

  @Test func aRequestWithoutEndDoesNotKeepALeader() {
    var candidate = leader()
    #expect(candidate.tick(at: 2 * second) == [.read])
    #expect(candidate.deadline == 10 * second)
    #expect(candidate.tick(at: 10 * second) == [.lost])
    #expect(candidate.deadline == nil)
    #expect(candidate.failed(at: 11 * second).isEmpty)
    #expect(candidate.deadline != nil)
    // Nor does the wait for the next attempt.
    var other = leader()
    _ = other.tick(at: 2 * second)
    _ = other.failed(at: 9 * second)
    #expect(other.deadline == 10 * second)
    #expect(other.tick(at: 10 * second) == [.lost])
  }

  @Test func aRenewalCountsFromWhenItWasSent() {
    var candidate = leader()
    _ = candidate.tick(at: 2 * second)
    _ = candidate.read(lease("me", 1), at: 3 * second, date: 0)
    #expect(candidate.written(lease("me", 2), at: 8 * second).isEmpty)
    _ = candidate.tick(at: 10 * second)
    #expect(candidate.isLeader)
    #expect(candidate.tick(at: 13 * second) == [.lost])
  }

  @Test func aLeaderThatIsReplacedStopsAtOnce() {
    var candidate = leader()
    _ = candidate.tick(at: 2 * second)
    #expect(candidate.read(lease("you", 9), at: 2 * second, date: 0) == [.lost, .observed("you")])
  }

  @Test func leavingHandsTheLeaseBack() {
    var candidate = leader()
    let actions = candidate.stop(date: 0)
    #expect(actions.first == .lost)
    guard case .update(let freed)? = actions.last else {
      Issue.record("not freed")
      return
    }
    #expect(freed.record.holder.isEmpty)
    #expect(freed.metadata == Array("1".utf8))
    var other = self.candidate()
    _ = other.start()
    #expect(other.stop(date: 0).isEmpty)
  }

  @Test(arguments: 0..<100) func neverTwoLeaders(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    var candidates = (0..<3).map { LeaderElection(identity: "c\($0)", seed: UInt64(seed * 3 + $0)) }
    // Clocks differ, and each candidate's requests may fail or stall for a while.
    let clocks = (0..<3).map { _ in Int64.random(in: 0...1_000_000_000_000, using: &random) }
    var brokenUntil = [Int64](repeating: 0, count: 3)
    var stored: (record: LeaseRecord, version: Int)?
    var now: Int64 = 0
    var reigns = 0

    func perform(_ index: Int, _ actions: [LeaderElection.Action]) {
      for action in actions {
        if case .gained = action { reigns += 1 }
        let clock = clocks[index] + now
        var next: [LeaderElection.Action] = []
        switch action {
        case .gained, .lost, .observed: continue
        case _ where brokenUntil[index] > now: next = candidates[index].failed(at: clock)
        case .read:
          let lease = stored.map { Lease(record: $0.record, metadata: Array("\($0.version)".utf8)) }
          next = candidates[index].read(lease, at: clock, date: clock)
        case .create(let record):
          if stored == nil { stored = (record, 1) }
          next = written(index, record, clock)
        case .update(let lease):
          if let old = stored, lease.metadata == Array("\(old.version)".utf8) {
            stored = (lease.record, old.version + 1)
          }
          next = written(index, lease.record, clock)
        }
        perform(index, next)
      }
    }
    func written(_ index: Int, _ record: LeaseRecord, _ clock: Int64) -> [LeaderElection.Action] {
      guard let stored, stored.record == record else { return candidates[index].failed(at: clock) }
      return candidates[index].written(
        Lease(record: record, metadata: Array("\(stored.version)".utf8)), at: clock)
    }

    for index in 0..<3 { perform(index, candidates[index].start()) }
    for _ in 0..<2_000 {
      now += Int64.random(in: 50_000_000...300_000_000, using: &random)
      for index in 0..<3 {
        if Int.random(in: 0..<300, using: &random) == 0 {
          brokenUntil[index] = now + Int64.random(in: 0...40_000_000_000, using: &random)
        }
        let clock = clocks[index] + now
        if let deadline = candidates[index].deadline, deadline <= clock {
          perform(index, candidates[index].tick(at: clock))
        }
      }
      #expect(candidates.count { $0.isLeader } <= 1)
    }
    #expect(reigns > 0)
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (951_782_400_000_001_000, "2000-02-29T00:00:00.000001Z"),
      (1_767_225_599_999_999_999, "2025-12-31T23:59:59.999999Z"),
      (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000Z"),
      (-5, "1970-01-01T00:00:00.000000Z"),
    ] as [(Int64, String)]) func times(nanoseconds: Int64, text: String)
  { #expect(LeaseTime.text(nanoseconds) == text) }

  @Test(arguments: ["", "[]", "<html>", "{}", #"{"metadata":{}}"#]) func whatIsNoLease(text: String) {
    #expect(throws: RequestFailure.self) { try Lease(Array(text.utf8), parser: JSONParser()) }
  }

  // MARK: - Over HTTP

  private func elector(
    _ loop: ClientLoop, _ identity: String, _ told: Journal
  ) async -> LoopBound<LeaderElector> {
    await loop.make { client in
      var settings = LeaderElection.Settings()
      settings.leaseDuration = 1_000_000_000
      settings.renewDeadline = 600_000_000
      settings.retryPeriod = 50_000_000
      let elector = LeaderElector(
        client: client, name: LeaderElector.leaseName(pool: "pool", namespace: "default"), namespace: "default",
        identity: identity, settings: settings, seed: 1
      ) { told.note("\(identity) \($0)") }
      elector.start()
      return elector
    }
  }

  @Test func theLeadIsHandedOverAndTakenOver() async throws {
    let server = try TestAPIServer()
    let told = Journal()
    let loop = try await ClientLoop(server)
    let first = await elector(loop, "a", told)
    #expect(await eventually { told.all.contains("a gained") })
    let second = await elector(loop, "b", told)
    #expect(await eventually { told.all.contains("b observed(\"a\")") })
    try await Task.sleep(for: .milliseconds(300))
    #expect(!told.all.contains("b gained"))
    await loop.run { first.value.stop { told.note("a left") } }
    #expect(await eventually { told.all.contains("b gained") && told.all.contains("a left") })
    let name = "epp-default-pool.gateway-api-inference-extension.sigs.k8s.io"
    let lease = try #require(server.shared.state.withLock { $0.leases[name] })
    // What others have written into the lease is kept.
    #expect(lease.metadata == #","labels":{"keep":"me"}"#)
    #expect(lease.spec.contains(#""holderIdentity":"b""#))
    #expect(lease.spec.contains(#""leaseTransitions":1"#))
    // The server goes away: the leader gives up by itself.
    server.stop()
    #expect(await eventually { told.all.contains("b lost") })
    #expect(told.all.contains { $0.hasPrefix("b failed(") })
    try server.restart()
    #expect(await eventually { told.all.filter { $0 == "b gained" }.count == 2 })
    await loop.run { second.value.stop() }
  }
}

/// What a test was told, in order.
final class Journal: Sendable {
  private let entries = Mutex<[String]>([])
  func note(_ entry: String) { entries.withLock { $0.append(entry) } }
  var all: [String] { entries.withLock { $0 } }
}
