import HTTPServer
import JSON
import Synchronization

/// What the server does wrong to a request.
enum Fault: Sendable {
  /// Answers with that status and body.
  case status(Int, String = "", headers: [HTTPHeader] = [])
  /// Closes the connection instead of an answer.
  case cut
  /// Begins the stream of a watch, sends that text, and ends it or cuts it off.
  case stream(String, isCut: Bool = false)
  /// Sends that many bytes of what the watch would tell, and ends it or cuts it off.
  case part(Int, isCut: Bool)
  /// Never answers.
  case silence
}

/// An API server with lists in pages, watches that stream, definitions that come and go, and faults.
final class TestAPIServer: Sendable {
  struct State: Sendable {
    var cluster = ClusterModel()
    /// Of `group/version`, the resources that are served.
    var served: [String: Set<String>] = [:]
    /// The bearer tokens that are accepted; empty: any.
    var tokens: Set<String> = []
    var journal: [String] = []
    /// Faults for requests whose line contains the text, each for so many times.
    var faults: [(text: String, fault: Fault, times: Int)] = []
    /// Watches send so many bytes at a time.
    var sliceBytes: Int?
    /// Lists say 410 with a status instead of watches with an event.
    var expiresByStatus = false
    var leases: [String: (version: Int, metadata: String, spec: String)] = [:]
  }

  /// What the server and its application, which may outlive it for a moment, have in common.
  final class Shared: Sendable {
    let state = Mutex(State())
  }

  let port: Int
  let tls: TLSIdentity?
  let shared = Shared()
  private let server = Mutex<HTTPServer?>(nil)
  fileprivate let application = Mutex<LoopBound<TestAPIApplication>?>(nil)

  static let everything: [String: Set<String>] = [
    "inference.networking.k8s.io/v1": ["inferencepools"],
    "inference.networking.x-k8s.io/v1alpha2": [
      "inferencepools", "inferenceobjectives", "inferencemodelrewrites", "inferencemodels",
    ],
    "llm-d.ai/v1alpha2": ["inferenceobjectives", "inferencemodelrewrites"],
  ]

  init(served: [String: Set<String>] = everything, tls: TLSIdentity? = nil) throws {
    self.tls = tls
    let socket = try ListeningSocket(.tcp(host: "127.0.0.1", port: 0))
    guard case .tcp(_, let port) = socket.address else {
      throw ServerError.listen(address: "\(socket.address)", reason: "not TCP")
    }
    self.port = port
    shared.state.withLock { $0.served = served }
    try start(socket)
  }

  deinit { stop() }

  var url: String { "\(tls == nil ? "http" : "https")://127.0.0.1:\(port)" }

  private func start(_ socket: ListeningSocket) throws {
    let new = try HTTPServer(socket: socket, loopCount: 1, tls: tls) { [unowned self, shared] loop in
      // Called before the initializer returns.
      let made = TestAPIApplication(loop, shared)
      application.withLock { $0 = LoopBound(made, on: loop) }
      return made
    }
    server.withLock { $0 = new }
  }

  /// Ends the server and all its connections; its state stays.
  func stop() {
    server.withLock { $0.take() }?.stop()
    application.withLock { $0 = nil }
  }

  /// Begins again after `stop`, at the same address.
  func restart() throws { try start(ListeningSocket(.tcp(host: "127.0.0.1", port: port))) }

  /// Changes the cluster, of which watches tell.
  func change(_ body: (inout ClusterModel) -> Void) {
    shared.state.withLock { body(&$0.cluster) }
    onLoop { $0.push() }
  }

  func fail(_ text: String, with fault: Fault, times: Int = 1) {
    shared.state.withLock { $0.faults.append((text, fault, times)) }
  }

  func heal() { shared.state.withLock { $0.faults = [] } }

  /// Ends all watches, in the middle or as they should.
  func endWatches(isCut: Bool) { onLoop { $0.endWatches(isCut: isCut) } }

  /// Tells all watches how far they are.
  func bookmark() { onLoop { $0.bookmark() } }

  private func onLoop(_ body: @escaping @Sendable (TestAPIApplication) -> Void) {
    guard let running = server.withLock({ $0 }), let bound = application.withLock({ $0 }) else { return }
    running.onEveryLoop { _ in body(bound.value) }
  }

  var journal: [String] { shared.state.withLock { $0.journal } }
  func requests(_ text: String) -> [String] { journal.filter { $0.contains(text) } }
}

/// The server's side on its loop.
final class TestAPIApplication: Application, ExchangeDelegate {
  private final class Watcher {
    let exchange: Exchange
    let collection: String
    let filter: ClusterModel.Filter
    var version: Int
    var unsent: [UInt8] = []
    var isFinished = false
    /// Of what comes, only so much is sent before the end.
    var rest: (bytes: Int, isCut: Bool)?

    init(_ exchange: Exchange, _ collection: String, _ filter: ClusterModel.Filter, _ version: Int) {
      self.exchange = exchange
      self.collection = collection
      self.filter = filter
      self.version = version
    }
  }

  private let loop: EventLoop
  private let server: TestAPIServer.Shared
  private var watchers: [Watcher] = []
  private var pump: LoopTimer!

  init(_ loop: EventLoop, _ server: TestAPIServer.Shared) {
    self.loop = loop
    self.server = server
    pump = loop.makeTimer { [unowned self] in send() }
  }

  func completed(_ exchange: Exchange) {}
  func exchangeDidDrain(_ exchange: Exchange) {}
  func exchangeDidAbort(_ exchange: Exchange) { watchers.removeAll { $0.exchange === exchange } }

  // MARK: - Requests

  func handle(_ exchange: Exchange) {
    exchange.delegate = self
    let query = exchange.query
    let line = "\(exchange.method) \(exchange.path)\(query.isEmpty ? "" : "?\(query)")"
    let (fault, isKnown): (Fault?, Bool) = server.state.withLock { state in
      state.journal.append(line)
      let known = state.tokens.isEmpty || state.tokens.contains { exchange.header("authorization") == "Bearer \($0)" }
      guard let index = state.faults.firstIndex(where: { line.contains($0.text) }) else { return (nil, known) }
      let fault = state.faults[index].fault
      state.faults[index].times -= 1
      if state.faults[index].times == 0 { state.faults.remove(at: index) }
      return (fault, known)
    }
    switch fault {
    case .status(let code, let body, let headers):
      return exchange.respond(HTTPResponse(status: code, headers: headers, body: Array(body.utf8)))
    case .cut: return exchange.cut()
    case .silence: return
    case .stream(let text, let isCut):
      exchange.beginStream(headers: [])
      exchange.write { $0 += Array(text.utf8) }
      return end(exchange, isCut: isCut)
    case .part(let bytes, let isCut): return answer(exchange, rest: (bytes, isCut))
    case nil: break
    }
    if !isKnown { return refuse(exchange, 401, "Unauthorized") }
    answer(exchange, rest: nil)
  }

  private func end(_ exchange: Exchange, isCut: Bool) {
    // What was written has to leave first.
    loop.set(
      loop.makeTimer { isCut ? exchange.cut() : exchange.finish() }, to: Clock.monotonic + 20_000_000)
  }

  private func refuse(_ exchange: Exchange, _ code: Int, _ reason: String) {
    exchange.respond(HTTPResponse(status: code, body: Array(Self.status(code, reason).utf8)))
  }

  static func status(_ code: Int, _ reason: String) -> String {
    #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"\#(reason.lowercased())","#
      + #""reason":"\#(reason)","code":\#(code)}"#
  }

  private func answer(_ exchange: Exchange, rest: (Int, Bool)?) {
    let path = exchange.path
    let parts = path.split(separator: "/").map(String.init)
    if path.contains("/leases") { return lease(exchange, parts) }
    if parts.count == 3, parts[0] == "apis" { return resources(exchange, parts[1] + "/" + parts[2]) }
    guard parts.last == "pods" || isServed(parts) else {
      return exchange.respond(HTTPResponse(status: 404, body: Array("404 page not found\n".utf8)))
    }
    var filter = ClusterModel.Filter()
    for pair in (exchange.queryArgument("labelSelector") ?? "").split(separator: ",") {
      let sides = pair.split(separator: "=").map(String.init)
      filter.labels[sides[0]] = sides[1]
    }
    filter.name = exchange.queryArgument("fieldSelector").map { String($0.dropFirst("metadata.name=".count)) }
    if exchange.queryArgument("watch") == "true" {
      watch(exchange, path, filter, rest)
    } else {
      list(exchange, path, filter)
    }
  }

  private func isServed(_ parts: [String]) -> Bool {
    guard parts.count == 6 else { return false }
    return server.state.withLock { $0.served["\(parts[1])/\(parts[2])"]?.contains(parts[5]) == true }
  }

  private func resources(_ exchange: Exchange, _ group: String) {
    guard let served = server.state.withLock({ $0.served[group] }) else {
      return exchange.respond(HTTPResponse(status: 404, body: Array("404 page not found\n".utf8)))
    }
    let list = served.sorted().map { #"{"name":"\#($0)","namespaced":true,"verbs":["get","list","watch"]}"# }
    exchange.respond(
      HTTPResponse(
        body: Array(
          #"{"kind":"APIResourceList","groupVersion":"\#(group)","resources":[\#(list.joined(separator: ","))]}"#.utf8))
    )
  }

  private func list(_ exchange: Exchange, _ collection: String, _ filter: ClusterModel.Filter) {
    let limit = exchange.queryArgument("limit").flatMap { Int($0) }
    let next = exchange.queryArgument("continue")
    let page = server.state.withLock { $0.cluster.list(collection, filter, limit: limit, next: next) }
    guard let page else { return refuse(exchange, 410, "Expired") }
    let items = page.items.map { Self.json($0, $1) }.joined(separator: ",")
    let more = page.next.map { #","continue":"\#($0)""# } ?? ""
    exchange.respond(
      HTTPResponse(
        body: Array(
          #"{"kind":"List","metadata":{"resourceVersion":"\#(page.version)"\#(more)},"items":[\#(items)]}"#.utf8)))
  }

  static func json(_ key: ClusterModel.Key, _ object: ClusterModel.Object) -> String {
    let parts = key.collection.split(separator: "/").map(String.init)
    let namespace = parts.firstIndex(of: "namespaces").map { parts[$0 + 1] } ?? "default"
    let labels = object.labels.sorted { $0.key < $1.key }.map { #""\#($0)":"\#($1)""# }.joined(separator: ",")
    return #"{"metadata":{"name":"\#(key.name)","namespace":"\#(namespace)","uid":"u-\#(key.name)","#
      + #""resourceVersion":"\#(object.version)","creationTimestamp":"2026-01-31T12:00:00Z","#
      + #""labels":{\#(labels)},"managedFields":[{"manager":"x","fieldsV1":{"f:spec":{}}}]\#(object.extra)},"#
      + "\(object.content)}"
  }

  // MARK: - Watches

  private func watch(
    _ exchange: Exchange, _ collection: String, _ filter: ClusterModel.Filter, _ rest: (Int, Bool)?
  ) {
    let version = exchange.queryArgument("resourceVersion").flatMap { Int($0) } ?? 0
    let isLost = server.state.withLock { $0.expiresByStatus && $0.cluster.changes(after: version) == nil }
    if isLost { return refuse(exchange, 410, "Expired") }
    exchange.beginStream(headers: [HTTPHeader("Content-Type", "application/json")])
    let watcher = Watcher(exchange, collection, filter, version)
    watcher.rest = rest
    watchers.append(watcher)
    push()
  }

  func push() {
    for watcher in watchers where !watcher.isFinished {
      let (changes, version) = server.state.withLock {
        ($0.cluster.changes(after: watcher.version), $0.cluster.version)
      }
      guard let changes else {
        write(watcher, #"{"type":"ERROR","object":\#(Self.status(410, "Expired"))}"# + "\n")
        watcher.isFinished = true
        continue
      }
      for change in changes {
        guard let (type, key, object) = ClusterModel.event(change, watcher.collection, watcher.filter) else { continue }
        write(watcher, #"{"type":"\#(type.rawValue)","object":\#(Self.json(key, object))}"# + "\n")
      }
      watcher.version = version
    }
    send()
  }

  func bookmark() {
    push()
    let version = server.state.withLock { $0.cluster.version }
    for watcher in watchers {
      write(watcher, #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"\#(version)"}}}"# + "\n")
    }
    send()
  }

  func endWatches(isCut: Bool) {
    let all = watchers
    watchers = []
    for watcher in all { isCut ? watcher.exchange.cut() : watcher.exchange.finish() }
  }

  private func write(_ watcher: Watcher, _ text: String) { watcher.unsent += Array(text.utf8) }

  private func send() {
    let slice = server.state.withLock { $0.sliceBytes }
    var isPending = false
    for watcher in watchers {
      var count = min(slice ?? watcher.unsent.count, watcher.unsent.count)
      if let rest = watcher.rest {
        count = min(count, rest.bytes)
        watcher.rest?.bytes -= count
      }
      let sent = watcher.unsent[..<count]
      watcher.unsent.removeFirst(count)
      if !sent.isEmpty { watcher.exchange.write { $0 += sent } }
      if let rest = watcher.rest, rest.bytes == 0 {
        watchers.removeAll { $0 === watcher }
        end(watcher.exchange, isCut: rest.isCut)
      } else if !watcher.unsent.isEmpty {
        isPending = true
      } else if watcher.isFinished {
        watchers.removeAll { $0 === watcher }
        watcher.exchange.finish()
      }
    }
    if isPending { loop.set(pump, to: Clock.monotonic + 500_000) }
  }

  // MARK: - Leases

  private func lease(_ exchange: Exchange, _ parts: [String]) {
    let body = try? JSONParser().parse(exchange.body)
    let given = body?.withRoot { root in
      (
        name: root.member("metadata")?.member("name")?.string ?? "",
        version: root.member("metadata")?.member("resourceVersion")?.string.flatMap { Int($0) },
        label: root.member("metadata")?.member("labels")?.member("keep")?.string, spec: Self.text(root.member("spec"))
      )
    }
    let name = parts.last == "leases" ? given?.name ?? "" : parts.last ?? ""
    let method = exchange.method
    let (code, text): (Int, String) = server.state.withLock { state in
      let old = state.leases[name]
      func object() -> String {
        guard let lease = state.leases[name] else { return "" }
        return
          #"{"kind":"Lease","metadata":{"name":"\#(name)","resourceVersion":"\#(lease.version)"\#(lease.metadata)},"#
          + #""spec":\#(lease.spec)}"#
      }
      switch method {
      case .get: return old == nil ? (404, Self.status(404, "NotFound")) : (200, object())
      case .post:
        guard old == nil, let given else { return (409, Self.status(409, "AlreadyExists")) }
        state.leases[name] = (1, #","labels":{"keep":"me"}"#, given.spec)
        return (201, object())
      case .put:
        guard let old, let given, given.version == old.version else { return (409, Self.status(409, "Conflict")) }
        state.leases[name] = (
          old.version + 1, given.label.map { #","labels":{"keep":"\#($0)"}"# } ?? "", given.spec
        )
        return (200, object())
      default: return (405, "")
      }
    }
    exchange.respond(HTTPResponse(status: code, body: Array(text.utf8)))
  }

  private static func text(_ value: JSONValue?) -> String {
    var bytes: [UInt8] = []
    value?.serialize(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
