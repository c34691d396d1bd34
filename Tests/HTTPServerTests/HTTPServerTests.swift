import HTTPServer
import Synchronization
import Testing

/// What an application saw, for a test to wait for.
private final class Journal: Sendable {
  private let entries = Mutex<[String]>([])
  func note(_ entry: String) { entries.withLock { $0.append(entry) } }
  var all: [String] { entries.withLock { $0 } }

  func wait(for entry: String) async -> Bool {
    for _ in 0..<1_000 {
      if all.contains(entry) { return true }
      try? await Task.sleep(for: .milliseconds(5))
    }
    return false
  }
}

/// Routes by path: whole answers, delayed ones, streams at once, in steps, and without end.
private final class TestApplication: Application, ExchangeDelegate {
  let loop: EventLoop
  let journal: Journal

  init(_ loop: EventLoop, _ journal: Journal) {
    self.loop = loop
    self.journal = journal
  }

  func handle(_ exchange: Exchange) {
    switch exchange.bodyDefect {
    case .tooLarge: return exchange.respond(HTTPResponse(status: 413))
    case .ambiguousLength: return exchange.respond(HTTPResponse(status: 400))
    case nil: break
    }
    exchange.delegate = self
    switch exchange.path {
    case "/later":
      loop.set(
        loop.makeTimer { exchange.respond(HTTPResponse(body: Array("later".utf8))) }, to: Clock.monotonic + 20_000_000)
    case "/never": break
    case "/burst":
      exchange.beginStream(headers: [])
      for index in 0..<3 { exchange.write { $0.append(contentsOf: "<\(index)>".utf8) } }
      exchange.finish()
    case "/steps":
      exchange.beginStream(headers: [])
      step(exchange, 3)
    case "/endless":
      exchange.beginStream(headers: [])
    case "/flood":
      exchange.beginStream(headers: [])
      exchangeDidDrain(exchange)
    default:
      exchange.respond(
        HTTPResponse(
          headers: [HTTPHeader("X-Test", exchange.header("x-given") ?? "none")],
          body: Array(
            "\(exchange.method) \(exchange.path) \(exchange.body.count) \(exchange.queryArgument("q") ?? "-")".utf8)))
    }
  }

  private func step(_ exchange: Exchange, _ left: Int) {
    guard left > 0 else { return exchange.finish() }
    exchange.write { $0.append(contentsOf: "<\(left)>".utf8) }
    loop.set(loop.makeTimer { [unowned self] in step(exchange, left - 1) }, to: Clock.monotonic + 10_000_000)
  }

  func exchangeDidAbort(_ exchange: Exchange) { journal.note("aborted \(exchange.path)") }

  func exchangeDidDrain(_ exchange: Exchange) {
    journal.note("drained")
    exchange.write { $0.append(contentsOf: [UInt8](repeating: 0x78, count: 8 << 20)) }
    exchange.awaitDrain()
  }

  func completed(_ exchange: Exchange) { journal.note("completed \(exchange.path) \(exchange.status)") }
}

@Suite(.serialized) struct HTTPServerTests {
  private func serve(
    loops: Int = 1, _ adjust: (inout ServerOptions) -> Void = { _ in }, _ body: (Int, Journal) async throws -> Void
  ) async throws {
    var options = ServerOptions()
    adjust(&options)
    let journal = Journal()
    let socket = try ListeningSocket(.tcp(host: "127.0.0.1", port: 0))
    let server = try HTTPServer(socket: socket, loopCount: loops, options: options) { TestApplication($0, journal) }
    guard case .tcp(_, let port) = socket.address else { return }
    try await body(port, journal)
    server.stop()
  }

  @Test func answersInOrderOnOneConnection() async throws {
    try await serve { port, _ in
      let client = RawClient(port: port)
      client.send(
        "GET /a?q=x%20y HTTP/1.1\r\nHost: h\r\nX-Given: yes\r\n\r\nPOST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
      )
      let text = client.read(until: "POST /b 3 -")
      #expect(text.contains("GET /a 0 x y"))
      #expect(text.contains("X-Test: yes"))
      #expect(text.contains("POST /b 3 -"))
    }
  }

  @Test func aStreamIsOneChunkPerTurnAndTheConnectionGoesOn() async throws {
    try await serve { port, journal in
      let client = RawClient(port: port)
      client.send("GET /burst HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(client.read(until: "0\r\n\r\n").hasSuffix("\r\n\r\n9\r\n<0><1><2>\r\n0\r\n\r\n"))
      client.send("GET /steps HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n")
      let text = client.read(until: "GET /next 0 -")
      #expect(text.contains("3\r\n<3>\r\n3\r\n<2>\r\n3\r\n<1>\r\n0\r\n\r\nHTTP/1.1 200 OK"))
      #expect(await journal.wait(for: "completed /steps 200"))
    }
  }

  @Test func http10StreamsAreRawAndClose() async throws {
    try await serve { port, _ in
      let client = RawClient(port: port)
      client.send("GET /steps HTTP/1.0\r\n\r\n")
      #expect(client.read(until: "never").hasSuffix("\r\n\r\n<3><2><1>"))
    }
  }

  @Test func delayedAnswersAndSeveralLoops() async throws {
    try await serve(loops: 3) { port, _ in
      let clients = (0..<12).map { _ in RawClient(port: port) }
      for client in clients { client.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n") }
      for client in clients { #expect(client.read(until: "later").hasSuffix("later")) }
    }
  }

  @Test(arguments: ["/endless", "/steps", "/never"]) func aClientThatLeavesIsNoticed(path: String) async throws {
    try await serve { port, journal in
      let client = RawClient(port: port)
      client.send("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n")
      if path != "/never" { _ = client.read(until: "\r\n\r\n") } else { try await Task.sleep(for: .milliseconds(5)) }
      client.hangUp()
      #expect(await journal.wait(for: "aborted \(path)"))
    }
  }

  @Test func aSlowReaderHoldsBackTheWriter() async throws {
    try await serve { port, journal in
      let client = RawClient(port: port)
      client.send("GET /flood HTTP/1.1\r\nHost: h\r\n\r\n")
      try await Task.sleep(for: .milliseconds(100))
      #expect(journal.all.filter { $0 == "drained" }.count == 1)
      client.hangUp()
      #expect(await journal.wait(for: "aborted /flood"))
    }
  }

  @Test func aReaderThatNeverReadsIsClosed() async throws {
    try await serve({ $0.stalledReaderTimeout = 200_000_000 }) { port, journal in
      let client = RawClient(port: port)
      client.send("GET /flood HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(await journal.wait(for: "aborted /flood"))
      client.hangUp()
    }
  }

  @Test func aDrippingRequestIsClosed() async throws {
    try await serve({ $0.requestTimeout = 300_000_000 }) { port, _ in
      let client = RawClient(port: port)
      client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\na")
      #expect(client.isClosedByPeer())
    }
  }

  @Test func tooLargeBodiesGet413() async throws {
    try await serve({ $0.maxBodyBytes = 10 }) { port, _ in
      let announced = RawClient(port: port)
      announced.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n")
      #expect(announced.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 413"))
      let small = RawClient(port: port)
      small.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n01234567890")
      #expect(small.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 413"))
      let chunked = RawClient(port: port)
      chunked.send("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n")
      #expect(chunked.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 413"))
    }
  }

  @Test(arguments: ["Content-Length: 3\r\nContent-Length: 1", "Content-Length: 3\r\nTransfer-Encoding: chunked"])
  func twoLengthsAreRefused(headers: String) async throws {
    try await serve { port, _ in
      let client = RawClient(port: port)
      client.send("POST /a HTTP/1.1\r\nHost: h\r\n\(headers)\r\n\r\nabc")
      #expect(client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 400"))
      #expect(client.isClosedByPeer())
    }
  }

  @Test func stoppingWithOpenStreamsEndsThem() async throws {
    try await serve { port, _ in
      let clients = (0..<20).map { _ in RawClient(port: port) }
      for client in clients { client.send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n") }
      for client in clients { _ = client.read(until: "\r\n\r\n") }
    }
  }

  @Test func aTakenPortIsRefused() throws {
    let first = try ListeningSocket(.tcp(host: "127.0.0.1", port: 0))
    #expect(throws: ServerError.self) { try ListeningSocket(first.address) }
  }

  @Test func unixSocketsReplaceStaleFilesOnly() throws {
    let path = "/tmp/understudy-test-\(UInt32.random(in: 0 ... .max)).sock"
    let first = try ListeningSocket(.unix(path: path))
    #expect(throws: ServerError.self) { try ListeningSocket(.unix(path: path)) }
    _ = first
  }

  @Test func selfSignedIdentitiesAreFresh() throws {
    let one = try TLSIdentity.selfSigned(hostName: "pod")
    let two = try TLSIdentity.selfSigned(hostName: nil)
    #expect(one.certificate.hasPrefix("-----BEGIN CERTIFICATE-----"))
    #expect(one.key != two.key)
  }
}
