import EndpointPicking
import Glibc
import Synchronization
import Testing

@testable import Fleet

/// What requests were told, in order.
private final class Answers: Sendable {
  private let list = Mutex<[String]>([])

  var all: [String] { list.withLock { $0 } }

  func resume(_ name: String) -> Admitter.Resume {
    { [self] result in
      list.withLock { list in
        switch result {
        case .success: list.append(name)
        case .failure(let error):
          list.append("\(name) \(error.httpStatus) \(error.droppedReason?.rawValue ?? "")")
        }
      }
    }
  }
}

/// Serves admitted requests, and counts how many it serves at a time.
private final class Server: Sendable {
  struct Counts {
    var running = 0
    var most = 0
    var done = 0
  }

  let counts = Mutex(Counts())
  private let picker: PoolPicker
  private let admitter: Admitter

  init(picker: PoolPicker, admitter: Admitter) {
    self.picker = picker
    self.admitter = admitter
  }

  func serve() {
    guard case .success(let picked) = picker.pick(Picking.request(), at: 0).result else { return }
    counts.withLock { counts in
      counts.running += 1
      counts.most = max(counts.most, counts.running)
    }
    sched_yield()
    counts.withLock { counts in
      counts.running -= 1
      counts.done += 1
    }
    picker.finished(picked.ticket)
    admitter.pump(at: 0)
  }
}

@Suite struct AdmitterTests {
  private static func request(_ priority: Int = 0, fairness: String = "", ttl: Int64? = nil) -> AdmissionRequest {
    var request = AdmissionRequest(Picking.request(priority: priority), ttl: ttl)
    request.fairnessID = fairness
    return request
  }

  /// The pool of one endpoint, with one request on its way that fills it.
  private static func full(
    _ fields: [ConfigurationNode.Field] = [], observer: Admitter.Observer? = nil
  ) throws -> (PoolPicker, Admitter, PickTicket) {
    let picker = Picking.picker([Picking.endpoint(0)], configuration: try Picking.flowControl(fields: fields))
    return (picker, Admitter(picker, observer: observer), try picker.pick(Picking.request(), at: 0).result.get().ticket)
  }

  @Test(arguments: [
    (0, 9, true), (-1, 0, true), (-1, 4, true), (-1, 5, false), (-5, 9, false), (3, 9, true),
  ]) func shedsWhenSaturated(priority: Int, waiting: Int, isAdmitted: Bool) {
    let picker = Picking.picker([Picking.endpoint(0, load: SettableLoad(waiting: waiting))])
    let admitter = Admitter(picker)
    let admission = admitter.admit(Self.request(priority), at: 0) { _ in Issue.record("nobody waits") }
    #expect(admission == (isAdmitted ? .now : .refused(.shed)))
    #expect(admitter.nextDeadline == nil && !admitter.isFlowControlled)
  }

  @Test(arguments: [(0, true), (-1, false)]) func emptyPoolIsSaturated(priority: Int, isAdmitted: Bool) {
    let admission = Admitter(Picking.picker([])).admit(Self.request(priority), at: 0) { _ in }
    #expect(admission == (isAdmitted ? .now : .refused(.shed)))
  }

  @Test func letsThroughOneByOneInOrder() throws {
    let (picker, admitter, first) = try Self.full()
    let answers = Answers()
    for (name, priority) in [("a", 0), ("b", 0), ("low", -1), ("high", 5)] {
      guard case .queued = admitter.admit(Self.request(priority), at: 0, resume: answers.resume(name)) else {
        Issue.record("\(name) did not wait")
        return
      }
    }
    admitter.pump(at: 1)
    #expect(answers.all.isEmpty)
    #expect(admitter.load.requests == 4)
    var ticket = first
    for expected in [["high"], ["high", "a"], ["high", "a", "b"], ["high", "a", "b", "low"]] {
      picker.finished(ticket)
      admitter.pump(at: 2)
      // Only one, although it is picked for later than the pump returns.
      #expect(answers.all == expected)
      admitter.pump(at: 2)
      #expect(answers.all == expected)
      ticket = try picker.pick(Picking.request(), at: 2).result.get().ticket
    }
    #expect(admitter.nextDeadline == nil)
  }

  @Test func fairnessTakesTurns() throws {
    let (picker, admitter, first) = try Self.full([
      .init(key: "defaultPriorityBand", value: ["fairnessPolicyRef": "round-robin-fairness-policy"])
    ])
    let answers = Answers()
    for (name, flow) in [("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("b2", "b")] {
      _ = admitter.admit(Self.request(fairness: flow), at: 0, resume: answers.resume(name))
    }
    var ticket = first
    for _ in 0..<5 {
      picker.finished(ticket)
      admitter.pump(at: 1)
      ticket = try picker.pick(Picking.request(), at: 1).result.get().ticket
    }
    #expect(answers.all == ["a1", "b1", "a2", "b2", "a3"])
    #expect(admitter.flowLoads.values.allSatisfy { $0.requests == 0 })
  }

  @Test func refusesWhenFullAndEvicts() throws {
    let seen = Mutex<[FlowOutcome]>([])
    let (_, admitter, _) = try Self.full([.init(key: "maxRequests", value: 2)]) { event in
      if case .left(_, let decision) = event { seen.withLock { $0.append(decision.outcome) } }
    }
    let answers = Answers()
    guard
      case .queued(let id) = admitter.admit(Self.request(), at: 0, resume: answers.resume("gone")),
      case .queued = admitter.admit(Self.request(ttl: 40), at: 0, resume: answers.resume("late")),
      case .refused(let error) = admitter.admit(Self.request(), at: 0, resume: answers.resume("surplus"))
    else {
      Issue.record("two wait, the third is refused")
      return
    }
    #expect(error.httpStatus == 429 && error.droppedReason == .saturated)
    #expect(admitter.nextDeadline == 40)
    #expect(admitter.cancel(id, at: 1))
    #expect(!admitter.cancel(id, at: 1))
    admitter.pump(at: 39)
    #expect(answers.all == ["gone 503 rejected-context-cancelled"])
    admitter.pump(at: 40)
    #expect(answers.all == ["gone 503 rejected-context-cancelled", "late 503 rejected-ttl-expired"])
    #expect(seen.withLock { $0 } == [.rejectedCapacity, .evictedContextCancelled, .evictedTTL])
  }

  @Test func shutDownAnswersAll() throws {
    let (_, admitter, _) = try Self.full()
    let answers = Answers()
    for name in ["a", "b"] { _ = admitter.admit(Self.request(), at: 0, resume: answers.resume(name)) }
    admitter.shutDown(at: 1)
    #expect(answers.all == ["a 503 rejected-shutting-down", "b 503 rejected-shutting-down"])
    guard case .refused(let error) = admitter.admit(Self.request(), at: 2, resume: answers.resume("c")) else {
      Issue.record("nobody is admitted any more")
      return
    }
    #expect(error.droppedReason == .shuttingDown && error.httpStatus == 503)
    #expect(answers.all.count == 2)
  }

  @Test func emptyPoolHoldsRequestsBack() throws {
    let configuration = try Picking.flowControl(
      maxConcurrency: 2,
      fields: [.init(key: "noEndpointRequestTTL", value: "30s"), .init(key: "defaultRequestTTL", value: "1h")])
    let picker = Picking.picker([], configuration: configuration)
    let admitter = Admitter(picker)
    let answers = Answers()
    let second: Int64 = 1_000_000_000
    _ = admitter.admit(Self.request(), at: 0, resume: answers.resume("a"))
    admitter.pump(at: 30 * second)
    #expect(answers.all == ["a 503 rejected-no-endpoints"])
    _ = admitter.admit(Self.request(), at: 31 * second, resume: answers.resume("b"))
    #expect(admitter.nextDeadline == 31 * second + Admitter.pumpInterval)
    admitter.pump(at: 32 * second)
    #expect(answers.all.count == 1)
    picker.setEndpoints([Picking.endpoint(0)], at: 33 * second)
    admitter.pump(at: 33 * second)
    #expect(answers.all.last == "b")
  }

  /// A request that was let through and never picked for holds its place for a moment only.
  @Test func forgetsThoseThatNobodyPicksFor() throws {
    let (picker, admitter, first) = try Self.full()
    let answers = Answers()
    for name in ["a", "b"] { _ = admitter.admit(Self.request(), at: 0, resume: answers.resume(name)) }
    picker.finished(first)
    admitter.pump(at: 1)
    #expect(answers.all == ["a"])
    admitter.pump(at: 1 + PendingPicks.patience)
    #expect(answers.all == ["a"])
    admitter.pump(at: 2 + PendingPicks.patience)
    #expect(answers.all == ["a", "b"])
  }

  /// Those who are resumed pick, finish and pump at once: a long queue needs no deep stack.
  @Test func resumedRequestsMayCallBack() throws {
    let (picker, admitter, first) = try Self.full()
    let order = Mutex<[Int]>([])
    for index in 0..<20_000 {
      _ = admitter.admit(Self.request(), at: 0) { _ in
        order.withLock { $0.append(index) }
        guard case .success(let picked) = picker.pick(Picking.request(), at: 1).result else { return }
        picker.finished(picked.ticket)
        admitter.pump(at: 1)
      }
    }
    picker.finished(first)
    admitter.pump(at: 1)
    #expect(order.withLock { $0 } == Array(0..<20_000))
  }

  /// Threads send requests through a narrow pool; each is let through once, and never more at a time than there is room.
  @Test func servesManyThreads() async throws {
    let picker = Picking.picker(
      (0..<2).map { Picking.endpoint($0) }, configuration: try Picking.flowControl(maxConcurrency: 4))
    let admitter = Admitter(picker)
    let server = Server(picker: picker, admitter: admitter)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for index in 0..<1_000 {
            let request = Self.request(index % 3, fairness: "\(index % 5)")
            if case .now = admitter.admit(request, at: 0, resume: { _ in server.serve() }) {
              server.serve()
            }
          }
        }
      }
    }
    admitter.pump(at: 0)
    let counts = server.counts.withLock { $0 }
    #expect(counts.done == 8_000 && counts.running == 0)
    #expect((1...8).contains(counts.most))
    #expect(admitter.load.requests == 0 && admitter.load.bytes == 0 && admitter.nextDeadline == nil)
  }
}
