import HTTPClient
import HTTPServer
import Synchronization
import Testing

/// Many calls, calls that end early, and calls made from inside handlers.
@Suite struct CallTests {
  /// Answers requests on a connection as long as it stays open.
  private func keepAliveServer() -> RawServer {
    RawServer { connection in
      while connection.readHead() != nil {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      }
    }
  }

  @Test func connectionsAreKept() async throws {
    let server = keepAliveServer()
    let client = try await ClientFixture()
    for _ in 0..<50 { #expect(await client.answer(to: ClientRequest(url: server.url)).text == "ok") }
    #expect(server.connections == 1)
  }

  @Test func noMoreConnectionsAreKeptThanAllowed() async throws {
    let servers = (0..<8).map { _ in keepAliveServer() }
    let client = try await ClientFixture { $0.maxIdleConnections = 4 }
    for _ in 0..<2 {
      for server in servers { #expect(await client.answer(to: ClientRequest(url: server.url)).text == "ok") }
    }
    // Each round has pushed out what the other needed.
    #expect(servers.map(\.connections) == [Int](repeating: 2, count: 8))
  }

  @Test func aCrowdIsServedOverKeptConnectionsToo() async throws {
    let server = keepAliveServer()
    let client = try await ClientFixture()
    for _ in 0..<3 {
      let recorders = (0..<300).map { _ in Recorder() }
      await client.run { client in
        for recorder in recorders { client.send(ClientRequest(url: server.url), to: recorder) }
      }
      for recorder in recorders {
        #expect(await recorder.hasEnded())
        #expect(recorder.answer.text == "ok")
      }
    }
    #expect(server.connections <= 300)
  }

  @Test func aKeptConnectionThatTheServerHasClosedIsReplaced() async throws {
    let server = RawServer { connection in
      _ = connection.readHead()
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }
    let client = try await ClientFixture()
    for _ in 0..<5 { #expect(await client.answer(to: ClientRequest(method: "POST", url: server.url)).text == "ok") }
    #expect(server.connections == 5)
  }

  @Test func aHundredCallsAtOnce() async throws {
    let server = try TestServer()
    let client = try await ClientFixture()
    for _ in 0..<2 {
      let recorders = (0..<100).map { _ in Recorder() }
      await client.run { client in
        for (index, recorder) in recorders.enumerated() {
          client.send(
            ClientRequest(url: server.url + (index % 2 == 0 ? "/steps" : "/n\(index)")), to: recorder)
        }
      }
      for (index, recorder) in recorders.enumerated() {
        #expect(await recorder.hasEnded())
        #expect(recorder.answer.isComplete)
        #expect(
          index % 2 == 0 ? recorder.answer.text == "<3><2><1>" : recorder.answer.text.hasPrefix("GET /n\(index)\n"))
      }
    }
  }

  @Test func aCancelledStreamClosesItsConnectionAndSaysNothingMore() async throws {
    let server = try TestServer()
    let client = try await ClientFixture()
    let recorder = await client.send(ClientRequest(url: server.url + "/endless"))
    #expect(await eventually { recorder.answer.body.count == 4 })
    await client.with(recorder) { call in
      call.cancel()
      call.cancel()
      call.pause()
      call.resume()
    }
    #expect(await server.journal.wait(for: "aborted /endless"))
    #expect(recorder.answer.ends.isEmpty)
  }

  @Test func callsCancelledAtOnceNeverBegin() async throws {
    let server = keepAliveServer()
    let client = try await ClientFixture()
    let recorders = [Recorder(), Recorder()]
    await client.run { client in
      client.send(ClientRequest(url: server.url), to: recorders[0]).cancel()
      client.send(ClientRequest(url: "none"), to: recorders[1]).cancel()
    }
    #expect(await client.answer(to: ClientRequest(url: server.url)).text == "ok")
    for recorder in recorders {
      #expect(recorder.answer.ends.isEmpty)
      #expect(recorder.answer.heads.isEmpty)
    }
  }

  @Test(arguments: ["head", "body"]) func cancellingFromInsideAHandler(place: String) async throws {
    let server = try TestServer()
    let client = try await ClientFixture()
    let recorder = Recorder(
      onHead: { if place == "head" { $0.cancel() } }, onBody: { if place == "body" { $0.cancel() } })
    _ = await client.send(ClientRequest(url: server.url + "/big"), to: recorder)
    #expect(await server.journal.wait(for: "completed /big"))
    // The loop and the handle go on.
    #expect(await client.answer(to: ClientRequest(url: server.url + "/steps")).pieces == ["<3>", "<2>", "<1>"])
    #expect(recorder.answer.ends.isEmpty)
    #expect(place == "head" ? recorder.answer.bodyBytes == 0 : recorder.answer.bodyBytes <= 65_536)
    #expect(recorder.answer.heads == [200])
  }

  @Test func sendingFromInsideHandlers() async throws {
    let server = try TestServer()
    let client = try await ClientFixture()
    let inner = [Recorder(), Recorder(), Recorder()]
    await client.run { client in
      nonisolated(unsafe) let client = client
      let request = ClientRequest(url: server.url + "/inner")
      client.send(
        ClientRequest(url: server.url + "/outer"),
        to: Recorder(
          onHead: { _ in client.send(request, to: inner[0]) }, onBody: { _ in client.send(request, to: inner[1]) },
          onEnd: { _ in client.send(request, to: inner[2]) }))
    }
    for recorder in inner {
      #expect(await recorder.hasEnded())
      #expect(recorder.answer.text.hasPrefix("GET /inner\n"))
    }
  }

  @Test(arguments: ["head", "body", "end"]) func shuttingDownFromInsideAHandler(place: String) async throws {
    let server = try TestServer()
    let client = try await ClientFixture()
    let other = await client.send(ClientRequest(url: server.url + "/endless"))
    let ended = Mutex(0)
    await client.run { client in
      nonisolated(unsafe) let client = client
      client.send(
        ClientRequest(url: server.url + "/one"),
        to: Recorder(
          onHead: { _ in if place == "head" { client.shutDown() } },
          onBody: { _ in if place == "body" { client.shutDown() } },
          onEnd: { _ in
            ended.withLock { $0 += 1 }
            if place == "end" { client.shutDown() }
          }))
    }
    #expect(await other.hasEnded())
    #expect(await eventually { ended.withLock { $0 } == 1 })
    #expect(other.answer.error == .brokenOff("the client was shut down"))
  }

  @Test func aPausedCallHoldsTheServerBack() async throws {
    let server = try TestServer()
    let client = try await ClientFixture()
    let recorder = Recorder(keepsBody: false, onHead: { $0.pause() })
    _ = await client.send(ClientRequest(url: server.url + "/flood"), to: recorder)
    #expect(await eventually { recorder.answer.heads == [200] })
    try await Task.sleep(for: .milliseconds(200))
    #expect(recorder.answer.bodyBytes == 0)
    // The system's buffers take a few MiB of the 32.
    #expect(server.journal.all.filter { $0.hasPrefix("flood") }.count < 16)
    await client.with(recorder) { $0.resume() }
    #expect(await recorder.hasEnded())
    #expect(recorder.answer.isComplete)
    #expect(recorder.answer.bodyBytes == 32 << 20)
  }

  @Test(arguments: ["/big", "/steps"]) func pausingAfterEveryPieceLosesNothing(path: String) async throws {
    let server = try TestServer()
    let client = try await ClientFixture()
    let recorder = Recorder(onBody: { $0.pause() })
    _ = await client.send(ClientRequest(url: server.url + path), to: recorder)
    #expect(
      await eventually {
        if !recorder.answer.ends.isEmpty { return true }
        let call = recorder.call
        Task { await client.with(recorder) { _ in call?.value.resume() } }
        return false
      })
    #expect(path == "/big" ? recorder.answer.body == pattern : recorder.answer.text == "<3><2><1>")
    #expect(recorder.answer.isComplete)
  }

  @Test func manyChunksInOneReadObeyAPause() async throws {
    let chunks = (0..<200).map { "3\r\n\($0 + 100)\r\n" }.joined()
    let server = RawServer { connection in
      _ = connection.readHead()
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n")
      _ = connection.isClosedByPeer()
    }
    let client = try await ClientFixture()
    // Every other piece is a pause that the handler takes back itself.
    let count = Mutex(0)
    let recorder = Recorder(onBody: { call in
      let number = count.withLock {
        $0 += 1
        return $0
      }
      call.pause()
      if number % 2 == 0 { call.resume() }
    })
    _ = await client.send(ClientRequest(url: server.url), to: recorder)
    #expect(await eventually { recorder.answer.bodyBytes > 0 })
    let seen = recorder.answer.bodyBytes
    try await Task.sleep(for: .milliseconds(50))
    #expect(recorder.answer.bodyBytes == seen)
    #expect(recorder.answer.ends.isEmpty)
    for _ in 0..<500 where recorder.answer.ends.isEmpty { await client.with(recorder) { $0.resume() } }
    #expect(await recorder.hasEnded())
    #expect(recorder.answer.isComplete)
    #expect(recorder.answer.text == (100..<300).map { "\($0)" }.joined())
  }
}
