import HTTPServer
import Synchronization

/// What the server saw, for a test to wait for.
final class Journal: Sendable {
  private let entries = Mutex<[String]>([])
  func note(_ entry: String) { entries.withLock { $0.append(entry) } }
  var all: [String] { entries.withLock { $0 } }

  func wait(for entry: String) async -> Bool { await eventually { self.all.contains(entry) } }
}

/// True once `condition` holds, within half a minute.
func eventually(_ condition: @Sendable () -> Bool) async -> Bool {
  for _ in 0..<6_000 {
    if condition() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return false
}

/// A server of our own, whose answers depend on the path.
final class TestServer: Sendable {
  let port: Int
  let journal = Journal()
  private let server: HTTPServer

  init(loops: Int = 1, tls: TLSIdentity? = nil) throws {
    let socket = try ListeningSocket(.tcp(host: "127.0.0.1", port: 0))
    guard case .tcp(_, let port) = socket.address else {
      throw ServerError.listen(address: "\(socket.address)", reason: "not TCP")
    }
    self.port = port
    var options = ServerOptions()
    options.maxBodyBytes = 32 << 20
    server = try HTTPServer(socket: socket, loopCount: loops, tls: tls, options: options) { [journal] loop in
      TestApplication(loop, journal)
    }
  }

  deinit { server.stop() }

  var url: String { "http://127.0.0.1:\(port)" }
  var tlsURL: String { "https://127.0.0.1:\(port)" }
}

/// The 10 MiB of large bodies; no two of their neighbouring pages are alike.
let pattern: [UInt8] = {
  let page = (0..<4_099).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
  var bytes: [UInt8] = []
  while bytes.count < 10 << 20 { bytes += page }
  return Array(bytes[..<(10 << 20)])
}()

private final class TestApplication: Application, ExchangeDelegate {
  private let loop: EventLoop
  private let journal: Journal

  init(_ loop: EventLoop, _ journal: Journal) {
    self.loop = loop
    self.journal = journal
  }

  func handle(_ exchange: Exchange) {
    exchange.delegate = self
    switch exchange.path {
    case "/big": exchange.respond(HTTPResponse(body: pattern))
    case "/empty": exchange.respond(HTTPResponse(status: 204))
    case "/moved": exchange.respond(HTTPResponse(status: 302, headers: [HTTPHeader("Location", "/echo")]))
    case "/steps":
      exchange.beginStream(headers: [HTTPHeader("Content-Type", "text/event-stream")])
      step(exchange, 3)
    case "/endless":
      exchange.beginStream(headers: [])
      exchange.write { $0.append(contentsOf: "once".utf8) }
    case "/never": break
    case "/flood":
      exchange.beginStream(headers: [])
      flood(exchange, 0)
    case "/check":
      exchange.respond(HTTPResponse(body: Array((exchange.body == pattern ? "same" : "other").utf8)))
    default:
      let headers = exchange.headers.map { "\($0.name): \($0.value)\n" }.joined()
      exchange.respond(
        HTTPResponse(
          headers: [HTTPHeader("X-Reply", "a b"), HTTPHeader("X-Reply", "c")],
          body: Array(
            "\(exchange.method) \(exchange.path)\n\(headers)\n\(String(decoding: exchange.body, as: UTF8.self))".utf8)))
    }
  }

  private func step(_ exchange: Exchange, _ left: Int) {
    guard left > 0 else { return exchange.finish() }
    exchange.write { $0.append(contentsOf: "<\(left)>".utf8) }
    loop.set(loop.makeTimer { [unowned self] in step(exchange, left - 1) }, to: Clock.monotonic + 30_000_000)
  }

  /// 32 pieces of 1 MiB, each when the one before it is sent.
  private func flood(_ exchange: Exchange, _ piece: Int) {
    exchange.route = piece
    guard piece < 32 else { return exchange.finish() }
    journal.note("flood \(piece)")
    exchange.write { $0.append(contentsOf: pattern[..<(1 << 20)]) }
    exchange.awaitDrain()
  }

  func exchangeDidAbort(_ exchange: Exchange) { journal.note("aborted \(exchange.path)") }
  func exchangeDidDrain(_ exchange: Exchange) { flood(exchange, exchange.route + 1) }
  func completed(_ exchange: Exchange) { journal.note("completed \(exchange.path)") }
}
