import HTTPClient
import HTTPServer
import Testing

/// What goes wrong is told once, under the right name.
@Suite struct FailureTests {
  @Test func nobodyListens() async throws {
    let client = try await ClientFixture()
    let answer = await client.answer(to: ClientRequest(url: "http://127.0.0.1:\(RawServer.closedPort())/"))
    #expect(answer.error?.kind == "cannotConnect")
    #expect(answer.heads.isEmpty)
  }

  @Test func nobodyAnswersInTime() async throws {
    let deaf = DeafPort()
    let client = try await ClientFixture { $0.connectTimeout = 100_000_000 }
    let patient = await client.answer(to: ClientRequest(url: "http://127.0.0.1:\(deaf.port)/", timeout: 60_000_000_000))
    #expect(patient.error?.kind == "cannotConnect")
    let hasty = await client.answer(to: ClientRequest(url: "http://127.0.0.1:\(deaf.port)/", timeout: 50_000_000))
    #expect(hasty.error?.kind == "timedOut")
  }

  @Test func theHostIsUnknown() async throws {
    let client = try await ClientFixture()
    let answer = await client.answer(to: ClientRequest(url: "http://no-such-host.invalid/"))
    #expect(answer.error?.kind == "cannotConnect")
  }

  @Test(arguments: [
    ClientRequest(url: "ftp://127.0.0.1/"), ClientRequest(url: ""), ClientRequest(url: "http://"),
    ClientRequest(url: "http://a b/"), ClientRequest(url: "http://127.0.0.1:99999/"),
    ClientRequest(url: "http://127.0.0.1/\r\nX: y"), ClientRequest(url: "http://127.0.0.1/\0"),
    ClientRequest(method: "", url: "http://127.0.0.1/"),
    ClientRequest(method: "GET / HTTP/1.1\r\nX:", url: "http://127.0.0.1/"),
    ClientRequest(url: "http://127.0.0.1/", headers: [HTTPHeader("X", "a\r\nY: b")]),
    ClientRequest(url: "http://127.0.0.1/", headers: [HTTPHeader("X", "a\0")]),
    ClientRequest(url: "http://127.0.0.1/", headers: [HTTPHeader("X: y\r\nZ", "a")]),
    ClientRequest(url: "http://127.0.0.1/", headers: [HTTPHeader("", "a")]),
  ]) func requestsThatCannotBeSent(request: ClientRequest) async throws {
    let client = try await ClientFixture()
    let answer = await client.answer(to: request)
    #expect(answer.error?.kind == "invalidRequest")
    #expect(throws: ClientError.self) { try BlockingHTTPClient().send(request) }
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", 1),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", 1),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n", 1),
    ("HTTP/1.1 200 OK\r\nContent-Le", 0), ("", 0), ("nonsense\r\n\r\n", 0), ("HTTP/1.1 2x0 OK\r\n\r\n", 0),
    ("HTTP/1.1 20\r\n\r\n", 0), ("HTTP/1.1 099 Low\r\n\r\n", 0), ("SSH-2.0-OpenSSH_9.2\r\n", 0),
    ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nabc", 0), ("HTTP/1.1 100 Continue\r\n\r\n", 0),
  ]) func theAnswerIsNotWhole(sent: String, heads: Int) async throws {
    let server = RawServer { connection in
      _ = connection.readHead()
      connection.send(sent)
    }
    let client = try await ClientFixture()
    let answer = await client.answer(to: ClientRequest(url: server.url, timeout: 8_000_000_000))
    #expect(answer.error?.kind == "brokenOff")
    #expect(answer.error?.description != "")
    #expect(answer.heads.count == heads)
  }

  @Test func aHeadWithoutEndIsRefused() async throws {
    let server = RawServer { connection in
      _ = connection.readHead()
      connection.send("HTTP/1.1 200 OK\r\n")
      for index in 0..<10_000 { connection.send("X-\(index): y\r\n") }
      _ = connection.isClosedByPeer()
    }
    let client = try await ClientFixture { $0.maxHeadBytes = 20_000 }
    let answer = await client.answer(to: ClientRequest(url: server.url))
    #expect(answer.error == .brokenOff("the answer's head has more than 20000 bytes"))
  }

  @Test(arguments: ["/never", "/endless"]) func timeoutsCoverTheWholeCall(path: String) async throws {
    let server = try TestServer()
    let client = try await ClientFixture()
    let start = Clock.monotonic
    let answer = await client.answer(to: ClientRequest(url: server.url + path, timeout: 200_000_000))
    let took = Clock.monotonic - start
    #expect(answer.error?.kind == "timedOut")
    #expect(took >= 199_000_000)
    #expect(took < 5_000_000_000)
    #expect(await server.journal.wait(for: "aborted \(path)"))
  }

  @Test func shuttingDownFailsWhatIsOpenAndWhatComesLater() async throws {
    let server = try TestServer()
    let client = try await ClientFixture()
    let open = await client.send(ClientRequest(url: server.url + "/endless"))
    #expect(await eventually { open.answer.body.count == 4 })
    await client.run { $0.shutDown() }
    #expect(await open.hasEnded())
    #expect(open.answer.error == .brokenOff("the client was shut down"))
    #expect(await server.journal.wait(for: "aborted /endless"))
    #expect(
      await client.answer(to: ClientRequest(url: server.url)).error == .cannotConnect("the client was shut down"))
  }
}
