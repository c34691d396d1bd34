internal import EndpointPicking
internal import HTTPClient
internal import HTTPServer
internal import JSON
internal import Kubernetes

/// What a reflector tells.
enum ReflectorEvent {
  case set(NamespacedName, ManifestResource)
  case removed(NamespacedName)
  /// The first list is complete.
  case synced
  case problem(ObjectProblem)
  /// Changes are not seen; what was told stays in force.
  case lost(RequestFailure)
  /// Changes are seen again.
  case found
}

/// What is reflected.
struct Reflection: Hashable, Sendable {
  var resource: APIResource
  var namespace: String
  /// `app=x,tier=y`; empty: all.
  var labelSelector = ""
  /// `metadata.name=x`; empty: all.
  var fieldSelector = ""
}

/// Runs a `ListWatch` of an API server's objects on an event loop, from `start` until `stop`.
final class Reflector {
  let reflection: Reflection
  private let client: APIClient
  private let decoder: ObjectDecoder
  private let tell: (ReflectorEvent) -> Void
  private var machine: ListWatch<ManifestResource>
  private var call: ClientCall?
  /// What is under way; answers to anything else are too late.
  private var request = 0
  private var timer: LoopTimer!
  private var isStopped = false

  /// Lists have at most this many bytes per page.
  private static let pageLimit = 256 << 20

  init(
    _ reflection: Reflection, client: APIClient, settings: ListWatchSettings,
    _ tell: @escaping (ReflectorEvent) -> Void
  ) {
    self.reflection = reflection
    self.client = client
    self.tell = tell
    decoder = ObjectDecoder(resource: reflection.resource, namespace: reflection.namespace)
    machine = ListWatch(settings)
    timer = client.loop.makeTimer { [weak self] in self?.tick() }
  }

  deinit { call?.cancel() }

  func start() { perform(machine.start(at: Clock.monotonic)) }

  /// Nothing more is told.
  func stop() {
    isStopped = true
    forget()
    client.loop.set(timer, to: nil)
  }

  private func tick() { if !isStopped { perform(machine.tick(at: Clock.monotonic)) } }

  private func perform(_ actions: [ListWatch<ManifestResource>.Action]) {
    for action in actions {
      if isStopped { return }
      switch action {
      case .send(let request): send(request)
      case .cancel: forget()
      case .set(let name, let object): tell(.set(name, object))
      case .remove(let name): tell(.removed(name))
      case .synced: tell(.synced)
      case .reloadCredential: client.reloadCredential()
      case .lost(let failure): tell(.lost(failure))
      case .found: tell(.found)
      }
    }
    if !isStopped { client.loop.set(timer, to: machine.deadline) }
  }

  private func forget() {
    request += 1
    call?.cancel()
    call = nil
  }

  private func fail(_ failure: RequestFailure) {
    forget()
    perform(machine.failed(failure, at: Clock.monotonic))
  }

  // MARK: - Requests

  private func send(_ wanted: ListWatch<ManifestResource>.Request) {
    forget()
    switch wanted {
    case .list(let limit, let next): list(limit, next)
    case .watch(let version, let seconds): watch(version, seconds)
    }
  }

  private func path(_ arguments: [(String, String)]) -> String {
    var all: [(String, String?)] = arguments
    if !reflection.labelSelector.isEmpty { all.append(("labelSelector", reflection.labelSelector)) }
    if !reflection.fieldSelector.isEmpty { all.append(("fieldSelector", reflection.fieldSelector)) }
    let path = reflection.resource.path(in: reflection.namespace)
    return all.isEmpty ? path : "\(path)?\(PercentEncoding.query(all))"
  }

  private func list(_ limit: Int?, _ next: String?) {
    var arguments: [(String, String)] = []
    if let limit { arguments.append(("limit", String(limit))) }
    if let next { arguments.append(("continue", next)) }
    let id = request
    let wanted = APIRequest(path(arguments), timeout: 60_000_000_000)
    call = client.call(wanted, limit: Self.pageLimit) { [weak self] result in
      guard let self, request == id, !isStopped else { return }
      receive(list: result)
    }
  }

  private func receive(list result: Result<[UInt8], RequestFailure>) {
    do throws(RequestFailure) {
      let list = try decoder.page(try result.get(), parser: client.parser) { self.machine.version(of: $0) }
      tell(list.problems)
      if !isStopped { perform(machine.receive(list.page, at: Clock.monotonic)) }
    } catch {
      fail(error)
    }
  }

  private func tell(_ problems: [ObjectProblem]) {
    for problem in problems where !isStopped { tell(.problem(problem)) }
  }

  private func watch(_ version: String, _ seconds: Int) {
    let arguments = [
      ("watch", "true"), ("resourceVersion", version), ("allowWatchBookmarks", "true"),
      ("timeoutSeconds", String(seconds)),
    ]
    let stream = WatchStream(parser: client.parser) { [weak self, id = request] happening in
      guard let self, request == id, !isStopped else { return false }
      receive(happening)
      return request == id && !isStopped
    }
    call = client.send(APIRequest(path(arguments), timeout: nil), to: stream)
  }

  private func receive(_ happening: WatchStream.Happening) {
    switch happening {
    case .opened: perform(machine.opened())
    case .ended: perform(machine.ended(at: Clock.monotonic))
    case .failed(let failure): fail(failure)
    case .line(let line):
      do throws(RequestFailure) {
        let read = try decoder.event(line, parser: client.parser) { self.machine.version(of: $0) }
        guard let read else { return }
        tell(read.problems)
        if !isStopped { perform(machine.receive(read.event, at: Clock.monotonic)) }
      } catch {
        fail(error)
      }
    }
  }
}
