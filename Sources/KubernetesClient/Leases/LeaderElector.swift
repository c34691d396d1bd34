internal import HTTPClient
internal import HTTPServer

/// Runs a `LeaderElection` over a Lease of the API server on an event loop. Belongs to the loop's thread.
public final class LeaderElector {
  /// What an elector tells.
  public enum Event: Hashable, Sendable {
    /// Lead from now on.
    case gained
    /// Do not lead any more.
    case lost
    /// The holder of the lease has changed; empty: nobody.
    case observed(String)
    /// The lease cannot be read or written; once for failures of a kind.
    case failed(RequestFailure)
  }

  /// The name of the lease that the pickers of a pool share (GIE v1.5).
  public static func leaseName(pool: String, namespace: String) -> String {
    "epp-\(namespace)-\(pool).gateway-api-inference-extension.sigs.k8s.io"
  }

  private let client: APIClient
  private let name: String
  private let namespace: String
  private let timeout: Int64
  private let tell: (Event) -> Void
  private var machine: LeaderElection
  private var timer: LoopTimer!
  private var call: ClientCall?
  private var trouble: RequestFailure?
  private var isStopped = false

  /// A candidate that has not begun, for the Lease `name`.
  public init(
    client: APIClient, name: String, namespace: String, identity: String,
    settings: LeaderElection.Settings = .init(), seed: UInt64 = UInt64.random(in: 0 ... .max),
    handler: @escaping (Event) -> Void
  ) {
    self.client = client
    self.name = name
    self.namespace = namespace
    timeout = settings.renewDeadline / 2
    tell = handler
    machine = LeaderElection(identity: identity, settings: settings, seed: seed)
    timer = client.loop.makeTimer { [weak self] in
      if let self, !isStopped { perform(machine.tick(at: Clock.monotonic)) }
    }
  }

  deinit { call?.cancel() }

  /// It leads.
  public var isLeader: Bool { machine.isLeader }

  /// Begins.
  public func start() { perform(machine.start()) }

  /// Ends the candidacy. A leader is told that it has lost and hands the lease back; `then` is called when that is done
  /// or has failed.
  public func stop(_ then: @escaping () -> Void = {}) {
    guard !isStopped else { return then() }
    isStopped = true
    call?.cancel()
    call = nil
    client.loop.set(timer, to: nil)
    var waits = false
    for action in machine.stop(date: Clock.realtime) {
      switch action {
      case .lost: tell(.lost)
      case .update(let lease):
        waits = true
        _ = client.call(put(lease), limit: 1 << 20) { _ in then() }
      case .read, .create, .gained, .observed: break
      }
    }
    if !waits { then() }
  }

  private func perform(_ actions: [LeaderElection.Action]) {
    for action in actions {
      if isStopped { return }
      switch action {
      case .read: read()
      case .create(let record):
        let new = Lease(record: record, metadata: Lease.newMetadata(name: name, namespace: namespace))
        write(
          APIRequest("POST", APIResource.leases.path(in: namespace), body: new.json, timeout: timeout))
      case .update(let lease): write(put(lease))
      case .gained: tell(.gained)
      case .lost: tell(.lost)
      case .observed(let holder): tell(.observed(holder))
      }
    }
    if !isStopped { client.loop.set(timer, to: machine.deadline) }
  }

  private var path: String { APIResource.leases.path(in: namespace, name: name) }

  private func put(_ lease: Lease) -> APIRequest { APIRequest("PUT", path, body: lease.json, timeout: timeout) }

  private func read() {
    call = client.call(APIRequest(path, timeout: timeout), limit: 1 << 20) { [weak self] result in
      guard let self, !isStopped else { return }
      do throws(RequestFailure) {
        let lease = try Lease(try result.get(), parser: client.parser)
        perform(machine.read(lease, at: Clock.monotonic, date: Clock.realtime))
      } catch {
        if error.code == 404 { return perform(machine.read(nil, at: Clock.monotonic, date: Clock.realtime)) }
        fail(error)
      }
    }
  }

  private func write(_ request: APIRequest) {
    call = client.call(request, limit: 1 << 20) { [weak self] result in
      guard let self, !isStopped else { return }
      do throws(RequestFailure) {
        let lease = try Lease(try result.get(), parser: client.parser)
        trouble = nil
        perform(machine.written(lease, at: Clock.monotonic))
      } catch {
        fail(error)
      }
    }
  }

  private func fail(_ failure: RequestFailure) {
    if failure.code == 401 { client.reloadCredential() }
    // That someone else was faster is ordinary.
    if failure.code != 409, trouble.map({ !$0.isLike(failure) }) ?? true {
      trouble = failure
      tell(.failed(failure))
    }
    if !isStopped { perform(machine.failed(at: Clock.monotonic)) }
  }
}
