import Glibc
import HTTPClient
import HTTPServer
import ModelServer
import Synchronization

@testable import Fleet

/// What servers saw, for a test to wait for.
final class RemoteJournal: Sendable {
  private let entries = Mutex<[String]>([])
  func note(_ entry: String) { entries.withLock { $0.append(entry) } }
  var all: [String] { entries.withLock { $0 } }

  func wait(for entry: String) -> Bool { holds { self.all.contains(entry) } }

  /// True once `condition` does, within ten seconds.
  func holds(_ condition: () -> Bool) -> Bool {
    for _ in 0..<2_000 {
      if condition() { return true }
      usleep(5_000)
    }
    return false
  }
}

/// A front door that does nothing but forward, and a model server of our own behind it.
final class RemoteFixture: Sendable {
  let journal = RemoteJournal()
  let port: Int
  let remotePort: Int
  private let remote: HTTPServer
  private let front: HTTPServer
  private let forwarder = Mutex<LoopBound<RemoteForwarder>?>(nil)

  /// - Parameter target: the port to forward to instead of the own server's.
  init(target: Int? = nil, tls: TLSIdentity? = nil) throws {
    let remoteSocket = try ListeningSocket(.tcp(host: "127.0.0.1", port: 0))
    let frontSocket = try ListeningSocket(.tcp(host: "127.0.0.1", port: 0))
    (remotePort, port) = (remoteSocket.address.port, frontSocket.address.port)
    let journal = journal
    var options = ServerOptions()
    options.maxBodyBytes = 32 << 20
    remote = try HTTPServer(socket: remoteSocket, loopCount: 1, options: options) { RemoteApplication($0, journal) }
    let address = RemoteAddress(host: "127.0.0.1", port: target ?? remotePort)
    let made = Mutex<LoopBound<RemoteForwarder>?>(nil)
    front = try HTTPServer(socket: frontSocket, loopCount: 1, tls: tls, options: options) { loop in
      let forwarder = RemoteForwarder(client: HTTPClient(loop: loop))
      made.withLock { $0 = LoopBound(forwarder, on: loop) }
      return ForwardingApplication(forwarder, address, journal)
    }
    forwarder.withLock { $0 = made.withLock { $0 } }
  }

  deinit {
    front.stop()
    remote.stop()
  }

  /// Runs `body` on the front door's loop.
  func onLoop(_ body: @escaping @Sendable (RemoteForwarder) -> Void) {
    let bound = forwarder.withLock { $0 }
    front.loops[0].execute { if let bound { body(bound.value) } }
  }
}

extension ListenAddress {
  fileprivate var port: Int { if case .tcp(_, let port) = self { port } else { 0 } }
}

/// Forwards everything; the request's headers say how.
private final class ForwardingApplication: Application {
  private let forwarder: RemoteForwarder
  private let address: RemoteAddress
  private let journal: RemoteJournal

  init(_ forwarder: RemoteForwarder, _ address: RemoteAddress, _ journal: RemoteJournal) {
    self.forwarder = forwarder
    self.address = address
    self.journal = journal
  }

  func handle(_ exchange: Exchange) {
    let path = exchange.query.isEmpty ? exchange.path : "\(exchange.path)?\(exchange.query)"
    if exchange.header("x-mirror") != nil {
      forwarder.mirror(
        to: address, path: path, method: exchange.method.description, body: exchange.body, headers: exchange.headers)
      return exchange.respond(HTTPResponse(status: 202))
    }
    let observer = RemoteObserver(journal)
    exchange.attachment = observer
    forwarder.forward(
      exchange, to: address, path: path, body: exchange.body, headers: exchange.headers,
      restoring: exchange.header("x-restore").map { (target: "backend", client: $0) }, podName: "pod-1",
      observer: observer)
    if exchange.header("x-give-up") != nil {
      exchange.loop.set(
        exchange.loop.makeTimer {
          let delegate = exchange.delegate
          exchange.delegate = nil
          delegate?.exchangeDidAbort(exchange)
          exchange.respond(HTTPResponse(status: 504))
        }, to: Clock.monotonic + 30_000_000)
    }
  }

  func completed(_ exchange: Exchange) { journal.note("front completed \(exchange.path) \(exchange.status)") }
}

/// Writes down what it is told.
private final class RemoteObserver: ForwardingObserver {
  private let journal: RemoteJournal
  init(_ journal: RemoteJournal) { self.journal = journal }

  func forwardedRequestDidProduceFirstToken(at now: MonotonicTime) {
    journal.note(now > 0 && now <= Clock.monotonic ? "first token" : "first token at \(now)")
  }

  func forwardedRequestDidFinish(promptTokens: Int, completionTokens: Int, isStream: Bool) {
    journal.note("finished \(promptTokens) \(completionTokens) \(isStream)")
  }
}

/// The model server: answers of all shapes, by path.
private final class RemoteApplication: Application, ExchangeDelegate {
  private let loop: EventLoop
  private let journal: RemoteJournal
  private static let events = [HTTPHeader("Content-Type", "text/event-stream")]
  private static let json = [HTTPHeader("Content-Type", "application/json")]

  init(_ loop: EventLoop, _ journal: RemoteJournal) {
    self.loop = loop
    self.journal = journal
  }

  func handle(_ exchange: Exchange) {
    exchange.delegate = self
    journal.note("remote \(exchange.method) \(exchange.path) \(exchange.body.count)")
    switch exchange.path {
    case "/json": exchange.respond(HTTPResponse(headers: Self.json, body: Array(RemoteAnswers.json.utf8)))
    case "/gzip":
      exchange.respond(
        HTTPResponse(
          headers: Self.json + [HTTPHeader("Content-Encoding", "gzip")], body: Array(RemoteAnswers.json.utf8)))
    case "/error":
      exchange.respond(HTTPResponse(status: 429, headers: Self.json, body: Array(RemoteAnswers.json.utf8)))
    case "/big":
      let body = #"{"model":"backend","text":""# + String(repeating: "x", count: 3 << 20) + "\"}"
      exchange.respond(HTTPResponse(headers: Self.json, body: Array(body.utf8)))
    case "/pod":
      exchange.respond(
        HTTPResponse(headers: [
          HTTPHeader("X-Inference-Pod", "own"), HTTPHeader("Date", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ]))
    case "/empty": exchange.respond(HTTPResponse(status: 204))
    case "/stream":
      exchange.beginStream(headers: Self.events)
      step(exchange, RemoteAnswers.events[...])
    case "/endless":
      exchange.beginStream(headers: Self.events)
      exchange.write { $0.append(contentsOf: RemoteAnswers.events[0].utf8) }
    case "/never": break
    case "/flood":
      exchange.beginStream(headers: [HTTPHeader("Content-Type", "application/octet-stream")])
      flood(exchange)
    case "/v1/models":
      exchange.respond(HTTPResponse(headers: Self.json, body: Array(RemoteAnswers.models.utf8)))
    default:
      let headers = exchange.headers.map { "\($0.name): \($0.value)\n" }.joined()
      let body = String(decoding: exchange.body, as: UTF8.self)
      let echo = "\(exchange.method) \(exchange.path) \(exchange.query)\n\(headers)\n\(body)"
      exchange.respond(
        HTTPResponse(
          headers: [
            HTTPHeader("X-Reply", "a b"), HTTPHeader("X-Reply", "c"), HTTPHeader("Keep-Alive", "timeout=5"),
            HTTPHeader("Proxy-Authenticate", "Basic"), HTTPHeader("Upgrade", "h2c"),
          ],
          body: Array(echo.utf8)))
    }
  }

  private func step(_ exchange: Exchange, _ left: ArraySlice<String>) {
    guard let event = left.first else { return exchange.finish() }
    exchange.write { $0.append(contentsOf: event.utf8) }
    loop.set(loop.makeTimer { [unowned self] in step(exchange, left.dropFirst()) }, to: Clock.monotonic + 5_000_000)
  }

  /// 32 pieces of 1 MiB, each when the one before it is sent.
  private func flood(_ exchange: Exchange) {
    guard exchange.route < 32 else { return exchange.finish() }
    exchange.write { $0.append(contentsOf: [UInt8](repeating: 0x78, count: 1 << 20)) }
    exchange.route += 1
    journal.note("flood \(exchange.route)")
    exchange.awaitDrain()
  }

  func exchangeDidAbort(_ exchange: Exchange) { journal.note("aborted \(exchange.path)") }
  func exchangeDidDrain(_ exchange: Exchange) { flood(exchange) }
  func completed(_ exchange: Exchange) {}
}

/// What the model server says.
enum RemoteAnswers {
  static let json =
    #"{"id":"1","model":"backend","choices":[{"text":"model: \"backend\""}],"#
    + #""usage":{"prompt_tokens":3,"completion_tokens":5}}"#
  static let events = [
    "data: {\"model\":\"backend\",\"choices\":[{\"delta\":{\"content\":\"\"}}],\"usage\":null}\n\n",
    "data: {\"model\":\"backend\",\"choices\":[{\"delta\":{\"content\":\"backend\"}}],\"usage\":null}\n\n",
    "data: {\"model\":\"backend\",\"choices\":[],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":6}}\n\n",
    "data: [DONE]\n\n",
  ]
  static let models = #"""
    {"object":"list","data":[{"id":"base","object":"model","root":"org/base","parent":null,"max_model_len":2048},
    {"id":"lora","object":"model","root":"/models/lora","parent":"base"},{"object":"model"}]}
    """#
}
