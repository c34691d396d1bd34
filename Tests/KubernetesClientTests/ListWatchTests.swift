import EndpointPicking
import KubernetesClient
import Testing

/// What the state machine says to each input.
@Suite struct ListWatchTests {
  typealias Machine = ListWatch<Int>

  private let second: Int64 = 1_000_000_000

  private func machine(pageSize: Int = 2) -> Machine {
    var settings = ListWatchSettings(seed: 7)
    settings.pageSize = pageSize
    return Machine(settings)
  }

  private func item(_ name: String, _ version: Int, _ object: Int? = 0) -> Machine.Item {
    .init(name: NamespacedName(namespace: "n", name: name), version: String(version), object: object)
  }

  private func status(_ code: Int, retryAfter: Int64? = nil, causes: [String] = []) -> RequestFailure {
    .status(APIStatus(code: code, retryAfter: retryAfter, causes: causes))
  }

  /// A machine that knows `items` at `version` and watches since time 0.
  private func watching(_ items: [Machine.Item], version: Int = 10) -> Machine {
    var machine = machine(pageSize: 100)
    _ = machine.start(at: 0)
    _ = machine.receive(.init(items: items, version: String(version)), at: 0)
    _ = machine.opened()
    return machine
  }

  /// Actions in short.
  private func text(_ actions: [Machine.Action]) -> [String] {
    actions.map { action in
      switch action {
      case .send(.list(let limit, let next)):
        "list \(limit.map(String.init) ?? "all")\(next.map { " after \($0)" } ?? "")"
      case .send(.watch(let version, let seconds)):
        (300...600).contains(seconds) ? "watch \(version)" : "watch for \(seconds) s"
      case .cancel: "cancel"
      case .set(let name, let object): "set \(name.name)=\(object)"
      case .remove(let name): "remove \(name.name)"
      case .synced: "synced"
      case .reloadCredential: "reload"
      case .lost(let failure): "lost: \(failure)"
      case .found: "found"
      }
    }
  }

  @Test func pagesAreGatheredBeforeAnythingIsSaid() {
    var machine = machine()
    #expect(text(machine.start(at: 0)) == ["list 2"])
    #expect(machine.start(at: 0).isEmpty)
    #expect(
      text(machine.receive(.init(items: [item("a", 1, 5), item("b", 2)], version: "9", next: "p"), at: 0))
        == ["list 2 after p"])
    #expect(
      text(machine.receive(.init(items: [item("c", 3)], version: "9"), at: 0)) == [
        "set a=5", "set b=0", "set c=0", "synced", "watch 9",
      ])
    #expect(machine.names.map(\.name).sorted() == ["a", "b", "c"])
  }

  @Test func eventsInOrderTwiceAndTooLate() {
    var machine = watching([item("a", 5)])
    #expect(text(machine.receive(.set(item("b", 11, 1)), at: 1)) == ["set b=1"])
    #expect(text(machine.receive(.set(item("b", 11, 1)), at: 1)).isEmpty)
    #expect(text(machine.receive(.set(item("b", 13, 2)), at: 1)) == ["set b=2"])
    // An older change, and an older deletion, come again.
    #expect(text(machine.receive(.set(item("b", 11, 1)), at: 1)).isEmpty)
    #expect(text(machine.receive(.removed(item("b", 0).name, version: "12"), at: 1)).isEmpty)
    #expect(text(machine.receive(.removed(item("b", 0).name, version: "14"), at: 1)) == ["remove b"])
    #expect(text(machine.receive(.removed(item("b", 0).name, version: "14"), at: 1)).isEmpty)
    // A change from before the deletion does not bring it back.
    #expect(text(machine.receive(.set(item("b", 13, 2)), at: 1)).isEmpty)
    #expect(text(machine.receive(.removed(item("z", 0).name, version: "15"), at: 1)).isEmpty)
    #expect(text(machine.ended(at: 2 * second)) == ["watch 15"])
  }

  @Test func versionsThatAreNoNumbersAreTakenAsTheyCome() {
    var machine = watching([item("a", 5)])
    let name = item("b", 0).name
    #expect(text(machine.receive(.set(.init(name: name, version: "x", object: 1)), at: 1)) == ["set b=1"])
    #expect(text(machine.receive(.bookmark(version: "y"), at: 1)).isEmpty)
    #expect(text(machine.receive(.removed(name, version: "z"), at: 1)) == ["remove b"])
    #expect(text(machine.ended(at: 2 * second)) == ["watch z"])
  }

  @Test func bookmarksMoveOn() {
    var machine = watching([])
    #expect(machine.receive(.bookmark(version: "40"), at: 1).isEmpty)
    #expect(machine.receive(.bookmark(version: "30"), at: 1).isEmpty)
    #expect(text(machine.ended(at: 1)) == ["watch 40"])
  }

  @Test func whatCannotBeUnderstoodLeavesTheLastGoodVersion() {
    var machine = watching([item("a", 5, 1), item("b", 6, nil)])
    #expect(machine.names.map(\.name) == ["a"])
    #expect(machine.receive(.set(item("a", 11, nil)), at: 1).isEmpty)
    #expect(machine.names.map(\.name) == ["a"])
    #expect(machine.version(of: item("a", 0).name) == "11")
    #expect(text(machine.receive(.set(item("b", 12, 4)), at: 1)) == ["set b=4"])
    #expect(machine.receive(.set(item("c", 13, nil)), at: 1).isEmpty)
    // What was never set is not removed either.
    #expect(machine.receive(.removed(item("c", 0).name, version: "14"), at: 1).isEmpty)
    #expect(text(machine.receive(.removed(item("a", 0).name, version: "15"), at: 1)) == ["remove a"])
  }

  @Test(
    arguments: [
      RequestFailure.status(APIStatus(code: 410)), .status(APIStatus(code: 500, reason: "Expired")),
      .status(APIStatus(code: 504, reason: "Timeout", causes: ["ResourceVersionTooLarge"])),
    ], [true, false])
  func expiryListsAgainAndKeepsWhatIsKnown(failure: RequestFailure, isEvent: Bool) {
    var machine = watching([item("a", 5), item("b", 6), item("c", 7)])
    let first = isEvent ? machine.receive(.error(failure), at: 1) : machine.failed(failure, at: 1)
    #expect(text(first) == (isEvent ? ["cancel"] : []))
    #expect(machine.deadline == 1)
    #expect(machine.names.count == 3)
    #expect(text(machine.tick(at: 1)) == ["list 100"])
    // Only the difference is told.
    #expect(
      text(machine.receive(.init(items: [item("b", 6), item("c", 9, 3), item("d", 20)], version: "21"), at: 2)) == [
        "set c=3", "set d=0", "remove a", "watch 21",
      ])
    // The second time in a row waits.
    _ = machine.failed(failure, at: 3)
    #expect(machine.deadline! > 3)
  }

  @Test func pagesThatExpireAreAskedForAllAtOnce() {
    var machine = machine()
    _ = machine.start(at: 0)
    _ = machine.receive(.init(items: [item("a", 1)], version: "9", next: "p"), at: 0)
    #expect(machine.failed(status(410), at: 0).isEmpty)
    #expect(text(machine.tick(at: 0)) == ["list all"])
    #expect(text(machine.receive(.init(items: [item("b", 1)], version: "12"), at: 0)).contains("set b=0"))
    #expect(machine.names.map(\.name) == ["b"])
  }

  @Test func aListThatGoesRoundInCircles() {
    var machine = machine()
    _ = machine.start(at: 0)
    _ = machine.receive(.init(items: [item("a", 1)], version: "9", next: "p"), at: 0)
    let actions = text(machine.receive(.init(items: [item("b", 1)], version: "9", next: "p"), at: 0))
    #expect(actions == ["lost: the list goes round in circles"])
    #expect(machine.names.isEmpty)
  }

  @Test func waitsGrowAndAreBounded() {
    var machine = machine()
    _ = machine.start(at: 0)
    var now: Int64 = 0
    var bound = Int64(800_000_000)
    for attempt in 0..<20 {
      let actions = machine.failed(.transport("no"), at: now)
      #expect(text(actions) == (attempt == 0 ? ["lost: no"] : []))
      let wait = machine.deadline! - now
      #expect(wait >= bound / 2 && wait <= bound)
      #expect(machine.tick(at: machine.deadline! - 1).isEmpty)
      now = machine.deadline!
      #expect(text(machine.tick(at: now)) == ["list 2"])
      bound = min(bound * 2, 30 * second)
    }
    #expect(text(machine.receive(.init(items: [], version: "1"), at: now)) == ["found", "synced", "watch 1"])
  }

  @Test func aBrokenStreamIsTakenUpWhereItEnded() {
    var machine = watching([item("a", 5)])
    _ = machine.receive(.set(item("b", 30)), at: 1)
    // That it breaks is ordinary; that it cannot be had again is told.
    #expect(machine.failed(.transport("broken"), at: 2).isEmpty)
    #expect(text(machine.tick(at: machine.deadline!)) == ["watch 30"])
    #expect(text(machine.failed(.transport("refused"), at: 3 * second)) == ["lost: refused"])
    #expect(machine.failed(.transport("still"), at: 3 * second).isEmpty)
    #expect(text(machine.tick(at: machine.deadline!)) == ["watch 30"])
    #expect(text(machine.opened()) == ["found"])
    #expect(machine.names.count == 2)
  }

  @Test func whatIsNoWatchIsListedAnew() {
    var machine = watching([item("a", 5)])
    #expect(machine.failed(.malformed("html"), at: 1).isEmpty)
    #expect(text(machine.tick(at: machine.deadline!)) == ["list 100"])
    #expect(text(machine.failed(.malformed("html"), at: 2 * second)) == ["lost: html"])
  }

  @Test func repeatedRefusalsOfTheWatchListAnew() {
    var machine = watching([item("a", 5)])
    var requests: [String] = []
    for _ in 0..<3 {
      _ = machine.failed(status(500), at: 1)
      requests += text(machine.tick(at: machine.deadline!))
    }
    #expect(requests == ["watch 10", "watch 10", "list 100"])
  }

  @Test func anUnknownTokenIsReadAgain() {
    var machine = machine()
    _ = machine.start(at: 0)
    #expect(text(machine.failed(status(401), at: 5)) == ["reload"])
    #expect(machine.deadline == 5)
    #expect(text(machine.tick(at: 5)) == ["list 2"])
    #expect(text(machine.failed(status(401), at: 6)) == ["reload", "lost: status 401"])
    #expect(machine.deadline! > 6)
  }

  @Test(arguments: [403, 404]) func whatIsForbiddenIsAskedForSlowlyAndToldOnce(code: Int) {
    var machine = machine()
    _ = machine.start(at: 0)
    var now: Int64 = 0
    for attempt in 0..<5 {
      #expect(text(machine.failed(status(code), at: now)) == (attempt == 0 ? ["lost: status \(code)"] : []))
      let wait = machine.deadline! - now
      #expect(wait >= 15 * second && wait <= 30 * second)
      now = machine.deadline!
      _ = machine.tick(at: now)
    }
    // Another kind of failure is news.
    #expect(text(machine.failed(.transport("away"), at: now)) == ["lost: away"])
  }

  @Test func theServerSaysWhenToComeBack() {
    var machine = machine()
    _ = machine.start(at: 0)
    _ = machine.failed(status(429, retryAfter: 20 * second), at: 0)
    #expect(machine.deadline == 20 * second)
  }

  @Test func watchesThatEndAtOnceAreNotAskedForWithoutAPause() {
    var machine = watching([])
    #expect(machine.ended(at: 1).isEmpty)
    #expect(machine.deadline! > 300_000_000)
    #expect(text(machine.tick(at: machine.deadline!)) == ["watch 10"])
    _ = machine.opened()
    #expect(text(machine.ended(at: 10 * second)) == ["watch 10"])
  }

  @Test func aWatchThatNeverEndsIsDead() {
    var machine = watching([])
    let end = machine.deadline!
    #expect(end >= 315 * second && end <= 615 * second)
    #expect(machine.tick(at: end - 1).isEmpty)
    #expect(text(machine.tick(at: end)) == ["cancel"])
    #expect(text(machine.tick(at: machine.deadline!)) == ["watch 10"])
  }

  @Test func inputsThatComeTooLateMeanNothing() {
    var machine = watching([item("a", 5)])
    #expect(machine.receive(.init(items: [], version: "50"), at: 1).isEmpty)
    _ = machine.failed(.transport("x"), at: 1)
    #expect(machine.receive(.set(item("b", 40)), at: 1).isEmpty)
    #expect(machine.receive(.error(status(410)), at: 1).isEmpty)
    #expect(machine.ended(at: 1).isEmpty)
    #expect(machine.opened().isEmpty)
    #expect(machine.failed(.transport("y"), at: 1).isEmpty)
  }
}
