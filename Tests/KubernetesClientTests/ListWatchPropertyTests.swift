import EndpointPicking
import KubernetesClient
import Simulation
import Testing

/// Whatever happens to a cluster and to the connection, what a `ListWatch` has told ends up equal to what is there.
@Suite struct ListWatchPropertyTests {
  private typealias Machine = ListWatch<Int>

  /// A `ListWatch` with a server that breaks in every way.
  private struct Run {
    let collection = "pods"
    let filter = ClusterModel.Filter(labels: ["app": "x"])
    var random: SplitMix64
    var cluster = ClusterModel()
    var machine: Machine
    var now: Int64 = 0
    var request: Machine.Request?
    /// How far the watch that is under way has been told.
    var told = 0
    var store: [String: Int] = [:]
    var requests = 0
    var syncs = 0
    var failures: [String] = []

    init(seed: Int) {
      random = SplitMix64(seed: UInt64(seed))
      var settings = ListWatchSettings(seed: UInt64(seed))
      settings.pageSize = 3
      machine = Machine(settings)
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    mutating func perform(_ actions: [Machine.Action]) {
      for action in actions {
        switch action {
        case .send(let new):
          request = new
          requests += 1
          if case .watch(let version, _) = new { told = Int(version) ?? 0 }
        case .cancel: request = nil
        case .set(let name, let object): store[name.name] = object
        case .remove(let name):
          if store.removeValue(forKey: name.name) == nil { failures.append("\(name.name) was removed twice") }
        case .synced: syncs += 1
        case .reloadCredential, .lost, .found: break
        }
      }
    }

    /// Something happens in the cluster.
    mutating func change() {
      let name = "p\(Int.random(in: 0..<12, using: &random))"
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5: cluster.put(collection, name, labels: ["app": chance(75) ? "x" : "y"], "\(cluster.version)")
      case 5..<8: cluster.delete(collection, name)
      case 8: cluster.put("other", name, labels: ["app": "x"], "0")
      default: chance(30) ? cluster.compact() : cluster.pass()
      }
    }

    func item(_ key: ClusterModel.Key, _ object: ClusterModel.Object) -> Machine.Item {
      .init(
        name: NamespacedName(namespace: "n", name: key.name), version: String(object.version), object: object.version)
    }

    mutating func fail(_ failure: RequestFailure) {
      request = nil
      perform(machine.failed(failure, at: now))
    }

    mutating func breakSomehow() {
      switch Int.random(in: 0..<7, using: &random) {
      case 0: fail(.transport("broken"))
      case 1: fail(.malformed("<html>"))
      case 2: fail(.status(APIStatus(code: [401, 403, 404, 429, 500, 503].randomElement(using: &random)!)))
      case 3: fail(.status(APIStatus(code: 410)))
      case 4:
        if case .watch = request {
          request = nil
          perform(machine.ended(at: now))
        }
      case 5:
        if case .watch = request { perform(machine.receive(.error(.status(APIStatus(code: 410))), at: now)) }
      default:
        if case .watch = request { perform(machine.receive(.error(.status(APIStatus(code: 500))), at: now)) }
      }
    }

    /// The server answers what is asked, as it should.
    mutating func serve() {
      switch request {
      case nil: break
      case .list(let limit, let next):
        guard let page = cluster.list(collection, filter, limit: limit, next: next) else {
          return fail(.status(APIStatus(code: 410)))
        }
        let items = page.items.map { item($0, $1) }
        perform(machine.receive(.init(items: items, version: String(page.version), next: page.next), at: now))
      case .watch: serveWatch()
      }
    }

    private mutating func serveWatch() {
      perform(machine.opened())
      guard let changes = cluster.changes(after: told) else {
        perform(machine.receive(.error(.status(APIStatus(code: 410))), at: now))
        return
      }
      // Some of what has happened, and now and then something that was told before.
      for change in changes.prefix(Int.random(in: 0...5, using: &random)) {
        tell(change)
        told = change.version
        if chance(20), let old = cluster.history.filter({ $0.version <= told }).randomElement(using: &random) {
          tell(old)
        }
      }
      if chance(20), told >= cluster.version || cluster.changes(after: told)?.isEmpty == true {
        told = cluster.version
        perform(machine.receive(.bookmark(version: String(cluster.version)), at: now))
      }
    }

    private mutating func tell(_ change: ClusterModel.Change) {
      guard let (type, key, object) = ClusterModel.event(change, collection, filter) else { return }
      let item = item(key, object)
      perform(
        machine.receive(type == .deleted ? .removed(item.name, version: item.version) : .set(item), at: now))
    }

    mutating func pass(_ time: Int64) {
      now += time
      if let deadline = machine.deadline, deadline <= now { perform(machine.tick(at: now)) }
    }

    var expected: [String: Int] {
      Dictionary(
        uniqueKeysWithValues: cluster.select(collection, filter).map { ($0.key.name, $0.value.version) })
    }
  }

  @Test(arguments: 0..<300) func theStoreEndsEqualToTheServers(seed: Int) {
    var run = Run(seed: seed)
    run.perform(run.machine.start(at: 0))
    let breaks = seed % 4 * 10
    for _ in 0..<400 {
      if run.chance(50) { run.change() }
      if run.chance(breaks) { run.breakSomehow() } else { run.serve() }
      run.pass(Int64.random(in: 0...3_000_000_000, using: &run.random))
    }
    #expect(run.failures.isEmpty)
    // The server is well again, and nothing more happens: within the longest waits all is known.
    for _ in 0..<200 {
      run.serve()
      run.pass(1_000_000_000)
    }
    #expect(run.store == run.expected)
    #expect(run.syncs == 1)
    #expect(Set(run.store.keys) == Set(run.machine.names.map(\.name)))
    // It never asks without a pause: one request in a turn, but for pages and streams that have said something.
    #expect(run.requests < 1_200)
  }

  @Test func nothingIsTakenBackWhileTheServerIsAway() {
    var run = Run(seed: 1)
    for index in 0..<5 { run.cluster.put("pods", "p\(index)", labels: ["app": "x"], "0") }
    run.perform(run.machine.start(at: 0))
    for _ in 0..<10 { run.serve() }
    let before = run.store
    #expect(before.count == 5)
    for index in 0..<5 { run.cluster.delete("pods", "p\(index)") }
    for _ in 0..<1000 {
      run.fail(.transport("away"))
      run.pass(1_000_000_000)
      #expect(run.store == before)
    }
    for _ in 0..<100 {
      run.serve()
      run.pass(1_000_000_000)
    }
    #expect(run.store.isEmpty)
  }
}
