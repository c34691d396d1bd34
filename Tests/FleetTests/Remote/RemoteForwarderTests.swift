import Glibc
import HTTPClient
import HTTPServer
import JSON
import Synchronization
import Testing

@testable import Fleet

@Suite(.serialized) struct RemoteForwarderTests {
  @Test func endToEndHeadersPassBothWays() throws {
    let fixture = try RemoteFixture()
    let client = RemoteSocket(port: fixture.port)
    client.request(
      "POST", "/echo/a%20b?x=1%202&y",
      [
        "Authorization: Bearer k", "X-Twice: 1", "X-Twice: 2", "Connection: keep-alive, X-Hop", "X-Hop: 1",
        "Keep-Alive: 5", "TE: trailers", "Trailer: X-T", "Proxy-Authorization: Basic x", "Proxy-Connection: close",
        "Upgrade: h2c", "Expect: 100-continue", "Accept-Encoding: gzip", "Content-Type: text/plain",
      ], body: "some text")
    let answer = client.read(until: "some text")
    let expected = """
      POST /echo/a b x=1%202&y
      Host: 127.0.0.1:\(fixture.remotePort)
      Authorization: Bearer k
      X-Twice: 1
      X-Twice: 2
      Accept-Encoding: gzip
      Content-Type: text/plain
      Content-Length: 9

      some text
      """
    #expect(answer.contains("\r\n\r\n" + expected))
    // In front of it is a 100, which the front door itself sends.
    let start = try #require(answer.firstRange(of: "HTTP/1.1 200 OK")).lowerBound
    let head = answer[start...].components
    #expect(head.contains("X-Reply: a b") && head.contains("X-Reply: c"))
    #expect(head.contains("x-inference-pod: pod-1"))
    #expect(head.filter { $0.hasPrefix("Content-Length: ") }.count == 1)
    #expect(head.filter { $0.hasPrefix("Date: ") }.count == 1)
    for name in ["Keep-Alive", "Proxy-Authenticate", "Upgrade", "Transfer-Encoding"] {
      #expect(!head.contains { $0.hasPrefix(name + ":") }, "\(name)")
    }
  }

  @Test(arguments: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"], ["", "body"])
  func methodsWithAndWithoutBody(_ method: String, _ body: String) throws {
    if method == "HEAD", !body.isEmpty { return }
    let fixture = try RemoteFixture()
    let client = RemoteSocket(port: fixture.port)
    // Twice, on the same connections.
    for _ in 0..<2 {
      client.request(method, "/echo", body: body)
      let answer = client.read(until: method == "HEAD" ? "\r\n\r\n" : "\n\n\(body)")
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      if method != "HEAD" { #expect(answer.contains("\r\n\r\n\(method) /echo \n")) }
      #expect(fixture.journal.wait(for: "remote \(method) /echo \(body.utf8.count)"))
    }
  }

  @Test func theServersOwnPodNameAndDateStay() throws {
    let fixture = try RemoteFixture()
    let client = RemoteSocket(port: fixture.port)
    client.request("GET", "/pod")
    let head = client.read(until: "\r\n\r\n").components
    #expect(head.contains("X-Inference-Pod: own"))
    #expect(!head.contains("x-inference-pod: pod-1"))
    #expect(head.filter { $0.hasPrefix("Date: ") } == ["Date: Thu, 01 Jan 1970 00:00:00 GMT"])
    client.request("GET", "/empty")
    #expect(client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 204 No Content\r\n"))
  }

  @Test func aWholeAnswerLeavesWholeWithTheClientsModel() throws {
    let fixture = try RemoteFixture()
    let client = RemoteSocket(port: fixture.port)
    client.request("POST", "/json", ["X-Restore: a longer alias"], body: "{}")
    let answer = client.read(until: "}}")
    let body = RemoteAnswers.json.replacing("\"model\":\"backend\"", with: "\"model\":\"a longer alias\"")
    #expect(answer.hasSuffix("\r\n\r\n" + body))
    #expect(answer.components.contains("Content-Length: \(body.utf8.count)"))
    #expect(fixture.journal.wait(for: "finished 3 5 false"))
    #expect(!fixture.journal.all.contains("first token"))

    client.request("POST", "/json", body: "{}")
    #expect(client.read(until: "}}").hasSuffix("\r\n\r\n" + RemoteAnswers.json))
  }

  @Test func errorsPassAndAreNotCounted() throws {
    let fixture = try RemoteFixture()
    let client = RemoteSocket(port: fixture.port)
    client.request("POST", "/error", ["X-Restore: alias"], body: "{}")
    #expect(client.read(until: "}}").hasPrefix("HTTP/1.1 429 "))
    #expect(fixture.journal.wait(for: "front completed /error 429"))
    #expect(!fixture.journal.all.contains { $0.hasPrefix("finished") })
  }

  @Test func aCompressedAnswerIsNotLookedInto() throws {
    let fixture = try RemoteFixture()
    let client = RemoteSocket(port: fixture.port)
    client.request("POST", "/gzip", ["X-Restore: alias", "Accept-Encoding: gzip"], body: "{}")
    #expect(client.read(until: "}}").hasSuffix("\r\n\r\n" + RemoteAnswers.json))
    // It would not have been compressed by a server that listens.
    client.request("POST", "/echo", ["X-Restore: alias", "Accept-Encoding: gzip"], body: "body")
    #expect(!client.read(until: "\n\nbody").contains("Accept-Encoding"))
  }

  @Test func aLongAnswerIsStreamed() throws {
    let fixture = try RemoteFixture()
    let client = RemoteSocket(port: fixture.port)
    client.request("POST", "/big", ["X-Restore: alias", "Connection: close"], body: "{}")
    let answer = client.read()
    #expect(answer.contains("Transfer-Encoding: chunked\r\n"))
    #expect(answer.contains(#"{"model":"alias","text":"xxx"#))
    #expect(answer.hasSuffix("0\r\n\r\n"))
    #expect(answer.utf8.count { $0 == UInt8(ascii: "x") } >= 3 << 20)
  }

  @Test func aStreamIsRestoredAndObserved() throws {
    let fixture = try RemoteFixture()
    let client = RemoteSocket(port: fixture.port)
    client.request("POST", "/stream", ["X-Restore: alias", "Connection: close"], body: "{}")
    let answer = client.read()
    let events = RemoteAnswers.events.joined().replacing("\"model\":\"backend\"", with: "\"model\":\"alias\"")
    #expect(answer.unchunked == events)
    #expect(answer.contains("\r\nContent-Type: text/event-stream\r\n"))
    #expect(fixture.journal.wait(for: "front completed /stream 200"))
    #expect(
      fixture.journal.all.filter { !$0.hasPrefix("remote") } == [
        "first token", "finished 4 6 true", "front completed /stream 200",
      ])
  }

  @Test func aStreamLeavesAsItComesAndEndsWithItsClient() throws {
    let fixture = try RemoteFixture()
    do {
      let client = RemoteSocket(port: fixture.port)
      client.request("POST", "/endless", ["X-Restore: alias"], body: "{}")
      #expect(client.read(until: "\n\n").contains("\"model\":\"alias\""))
    }
    #expect(fixture.journal.wait(for: "aborted /endless"))
    #expect(!fixture.journal.all.contains { $0.hasPrefix("finished") })
  }

  @Test func aClientThatLeavesBeforeTheAnswerEndsTheCall() throws {
    let fixture = try RemoteFixture()
    do {
      let client = RemoteSocket(port: fixture.port)
      client.request("POST", "/never", body: "{}")
      #expect(fixture.journal.wait(for: "remote POST /never 2"))
    }
    #expect(fixture.journal.wait(for: "aborted /never"))
  }

  @Test func theCallerMayGiveUpAndAnswerItself() throws {
    let fixture = try RemoteFixture()
    let client = RemoteSocket(port: fixture.port)
    client.request("POST", "/never", ["X-Give-Up: 1"], body: "{}")
    #expect(client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 504 "))
    #expect(fixture.journal.wait(for: "aborted /never"))
  }

  @Test func aSlowReaderHoldsTheServerBack() throws {
    let fixture = try RemoteFixture()
    let client = RemoteSocket(port: fixture.port)
    client.request("GET", "/flood", ["Connection: close"])
    #expect(fixture.journal.wait(for: "flood 1"))
    // Sockets on the way hold a few MiB; then nothing moves any more.
    var before = -1
    #expect(
      fixture.journal.holds {
        usleep(300_000)
        defer { before = fixture.journal.all.count }
        return fixture.journal.all.count == before
      })
    #expect(!fixture.journal.all.contains("flood 32"))
    #expect(client.countToEnd(of: UInt8(ascii: "x")) >= 32 << 20)
    #expect(fixture.journal.all.contains("flood 32"))
  }

  @Test func aServerThatIsNotThereIsNamed() throws {
    let port = RemoteRawServer.closedPort()
    let fixture = try RemoteFixture(target: port)
    let client = RemoteSocket(port: fixture.port)
    client.request("POST", "/v1/completions", body: "{}")
    let answer = client.read(until: "}}")
    #expect(answer.hasPrefix("HTTP/1.1 503 "))
    #expect(answer.components.contains("Content-Type: application/json"))
    let error = try errorObject(of: answer)
    #expect(error.code == 503)
    #expect(error.message.hasPrefix("The endpoint 127.0.0.1:\(port) (pod-1) is not available: "))
    #expect(error.message.count > "The endpoint 127.0.0.1:\(port) (pod-1) is not available: ".count)
  }

  @Test(arguments: [
    "", "HTTP/1.1 200 OK\r\nContent-Le", "no HTTP\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive.",
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"model\":\"back",
  ])
  func aServerThatBreaksOffBeforeAnythingHasLeftIsA503(_ said: String) throws {
    let server = RemoteRawServer(said)
    let fixture = try RemoteFixture(target: server.port)
    let client = RemoteSocket(port: fixture.port)
    client.request("POST", "/v1/completions", body: "{}")
    let answer = client.read(until: "}}")
    #expect(answer.hasPrefix("HTTP/1.1 503 "))
    #expect(try errorObject(of: answer).message.contains("127.0.0.1:\(server.port)"))
    // The client's connection goes on.
    client.request("POST", "/v1/completions", body: "{}")
    #expect(client.read(until: "}}").hasPrefix("HTTP/1.1 503 "))
  }

  @Test(arguments: [0, 1, 200])
  func aStreamThatBreaksOffEndsEarlyAfterAllThatCame(_ count: Int) throws {
    var said = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    for _ in 0..<count {
      said += String(RemoteAnswers.events[1].utf8.count, radix: 16) + "\r\n" + RemoteAnswers.events[1] + "\r\n"
    }
    let server = RemoteRawServer(said)
    let fixture = try RemoteFixture(target: server.port)
    let client = RemoteSocket(port: fixture.port)
    client.request("POST", "/v1/completions", ["X-Restore: alias"], body: "{}")
    let answer = client.read()
    #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
    let event = RemoteAnswers.events[1].replacing("\"model\":\"backend\"", with: "\"model\":\"alias\"")
    #expect(answer.unchunked == String(repeating: event, count: count))
    #expect(!answer.hasSuffix("0\r\n\r\n"))
    #expect(!fixture.journal.all.contains { $0.hasPrefix("finished") })
  }

  @Test func aConnectionThatEndsTheAnswerIsNoFailure() throws {
    let server = RemoteRawServer(
      "HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + RemoteAnswers.events.joined())
    let fixture = try RemoteFixture(target: server.port)
    let client = RemoteSocket(port: fixture.port)
    client.request("POST", "/v1/completions", ["Connection: close"], body: "{}")
    let answer = client.read()
    #expect(answer.unchunked == RemoteAnswers.events.joined())
    #expect(answer.hasSuffix("0\r\n\r\n"))
  }

  @Test func behindTLSStreamsPassAndBreakOff() throws {
    let fixture = try RemoteFixture(tls: .selfSigned(hostName: nil))
    let client = BlockingHTTPClient()
    let request = ClientRequest(
      method: "POST", url: "https://127.0.0.1:\(fixture.port)/stream", body: Array("{}".utf8), timeout: 20_000_000_000,
      acceptsAnyCertificate: true)
    #expect(try client.send(request).body == Array(RemoteAnswers.events.joined().utf8))

    let server = RemoteRawServer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nevent\r\n")
    let broken = try RemoteFixture(target: server.port, tls: .selfSigned(hostName: nil))
    var other = request
    other.url = "https://127.0.0.1:\(broken.port)/"
    let error = #expect(throws: ClientError.self) { try client.send(other) }
    if case .brokenOff = error {} else { Issue.record("\(String(describing: error))") }
  }

  @Test func aMirroredRequestIsSentAndItsAnswerIsDropped() throws {
    let fixture = try RemoteFixture()
    let client = RemoteSocket(port: fixture.port)
    client.request("POST", "/json", ["X-Mirror: 1"], body: "copy")
    #expect(client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 202 "))
    #expect(fixture.journal.wait(for: "remote POST /json 4"))
  }

  private func errorObject(of answer: String) throws -> (message: String, code: Int64?) {
    let body = Array(answer.utf8.drop { $0 != UInt8(ascii: "{") })
    return try JSONParser().parse(body).withRoot { root in
      let error = root.member("error")
      var code: Int64?
      if case .exact(let value) = error?.member("code")?.integer { code = value }
      return (error?.member("message")?.string ?? "", code)
    }
  }
}

extension StringProtocol {
  /// The lines of an answer's head.
  fileprivate var components: [String] {
    var lines: [String] = []
    var rest = self[...]
    while let end = rest.firstRange(of: "\r\n") {
      if end.lowerBound == rest.startIndex { break }
      lines.append(String(rest[..<end.lowerBound]))
      rest = rest[end.upperBound...]
    }
    return lines
  }

  /// The payloads of a chunked answer's chunks, as far as they are whole.
  fileprivate var unchunked: String {
    guard let head = firstRange(of: "\r\n\r\n") else { return "" }
    var rest = self[head.upperBound...]
    var text = ""
    while let line = rest.firstRange(of: "\r\n"), let size = Int(rest[..<line.lowerBound], radix: 16), size > 0 {
      let chunk = rest[line.upperBound...].utf8
      guard chunk.count >= size + 2 else { break }
      text += String(decoding: chunk.prefix(size), as: UTF8.self)
      rest = rest[chunk.index(chunk.startIndex, offsetBy: size + 2)...]
    }
    return text
  }
}
