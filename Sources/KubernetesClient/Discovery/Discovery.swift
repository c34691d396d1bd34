internal import HTTPClient
internal import HTTPServer
internal import JSON

/// Runs `GroupDiscovery` for resources of any groups on an event loop, from `start` until `stop`.
final class Discovery {
  enum Event {
    case found(APIResource)
    case absent(APIResource)
    case lost(String, RequestFailure)
    case recovered(String)
  }

  private final class Group {
    let root: String
    var machine: GroupDiscovery
    var timer: LoopTimer?
    var call: ClientCall?

    init(_ root: String, _ machine: GroupDiscovery) {
      self.root = root
      self.machine = machine
    }
  }

  private let client: APIClient
  private let tell: (Event) -> Void
  private var groups: [Group] = []
  private var isStopped = false

  init(
    _ resources: [APIResource], client: APIClient, interval: Int64, seed: UInt64, _ tell: @escaping (Event) -> Void
  ) {
    self.client = client
    self.tell = tell
    for root in Set(resources.map(\.root)).sorted() {
      let wanted = resources.filter { $0.root == root }
      groups.append(
        Group(root, GroupDiscovery(wanted, interval: interval, seed: seed &+ UInt64(groups.count))))
    }
  }

  func start() {
    for group in groups {
      group.timer = client.loop.makeTimer { [weak self, weak group] in
        if let self, let group, !isStopped { perform(group.machine.tick(), group) }
      }
      perform(group.machine.tick(), group)
    }
  }

  func stop() {
    isStopped = true
    for group in groups {
      group.call?.cancel()
      if let timer = group.timer { client.loop.set(timer, to: nil) }
    }
  }

  private func perform(_ actions: [GroupDiscovery.Action], _ group: Group) {
    for action in actions {
      if isStopped { return }
      switch action {
      case .ask: ask(group)
      case .reloadCredential: client.reloadCredential()
      case .found(let resource): tell(.found(resource))
      case .absent(let resource): tell(.absent(resource))
      case .lost(let failure): tell(.lost(group.root, failure))
      case .recovered: tell(.recovered(group.root))
      }
    }
    if !isStopped, let timer = group.timer { client.loop.set(timer, to: group.machine.deadline) }
  }

  private func ask(_ group: Group) {
    group.call = client.call(APIRequest(group.root), limit: 8 << 20) { [weak self, weak group] result in
      guard let self, let group, !isStopped else { return }
      do throws(RequestFailure) {
        perform(group.machine.receive(try names(try result.get()), at: Clock.monotonic), group)
      } catch {
        perform(group.machine.failed(error, at: Clock.monotonic), group)
      }
    }
  }

  /// The resources of an APIResourceList by their names.
  private func names(_ bytes: [UInt8]) throws(RequestFailure) -> Set<String> {
    guard let document = try? client.parser.parse(bytes) else {
      throw .malformed("the list of resources is not JSON: \(Excerpt.text(bytes))")
    }
    let names: Set<String>? = document.withRoot { root in
      guard let list = root.member("resources"), case .array = list.kind else { return nil }
      return Set(list.elements.compactMap { $0.member("name")?.string })
    }
    guard let names else { throw .malformed("the list of resources is not one: \(Excerpt.text(bytes))") }
    return names
  }
}
