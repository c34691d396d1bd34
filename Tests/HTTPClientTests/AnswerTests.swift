import HTTPClient
import HTTPServer
import Testing

/// Requests as they go out, and answers of all shapes.
@Suite struct AnswerTests {
  @Test func headersGoOutAndComeBackAsGiven() async throws {
    let server = try TestServer()
    let client = try await ClientFixture()
    let answer = await client.answer(
      to: ClientRequest(
        url: server.url + "/a/../b?q=%20",
        headers: [
          HTTPHeader("x-Odd-CASE", "two  words"), HTTPHeader("X-Empty", ""), HTTPHeader("expect", "100-continue"),
          HTTPHeader("Content-Length", "7"), HTTPHeader("transfer-encoding", "chunked"), HTTPHeader("X-Twice", "1"),
          HTTPHeader("X-Twice", "2"),
        ]))
    #expect(answer.isComplete)
    #expect(answer.status == 200)
    #expect(
      answer.text == """
        GET /a/../b
        Host: 127.0.0.1:\(server.port)
        x-Odd-CASE: two  words
        X-Empty:\u{20}
        X-Twice: 1
        X-Twice: 2


        """)
    #expect(answer.header("X-Reply") == ["a b", "c"])
  }

  @Test(arguments: ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"], ["", "some text"])
  func methodsAndBodies(method: String, body: String) async throws {
    let server = try TestServer()
    let client = try await ClientFixture()
    // Twice, because the second call uses the first one's handle.
    for _ in 0..<2 {
      let answer = await client.answer(
        to: ClientRequest(
          method: method, url: server.url + "/m", headers: [HTTPHeader("Host", "elsewhere")], body: Array(body.utf8)))
      let length = body.isEmpty && !method.hasPrefix("P") ? "" : "Content-Length: \(body.utf8.count)\n"
      #expect(answer.text == "\(method) /m\nHost: elsewhere\n\(length)\n\(body)")
    }
    let head = await client.answer(to: ClientRequest(method: "HEAD", url: server.url + "/m"))
    #expect(head.status == 200)
    #expect(head.body.isEmpty)
    #expect(head.isComplete)
    #expect(await client.answer(to: ClientRequest(url: server.url + "/m")).text.hasPrefix("GET /m\n"))
  }

  @Test func acceptAndContentTypeAreSentWhenGiven() async throws {
    let server = try TestServer()
    let client = try await ClientFixture()
    let headers = [HTTPHeader("accept", "text/plain"), HTTPHeader("Content-type", "application/json")]
    let answer = await client.answer(
      to: ClientRequest(method: "POST", url: server.url + "/m", headers: headers, body: Array("{}".utf8)))
    #expect(answer.text.contains("\naccept: text/plain\nContent-type: application/json\n"))
  }

  @Test func aStreamArrivesPieceByPiece() async throws {
    let server = try TestServer()
    let client = try await ClientFixture()
    let answer = await client.answer(to: ClientRequest(method: "POST", url: server.url + "/steps"))
    #expect(answer.isComplete)
    #expect(answer.header("Content-Type") == ["text/event-stream"])
    #expect(answer.pieces == ["<3>", "<2>", "<1>"])
  }

  @Test func bigBodiesBothWays() async throws {
    let server = try TestServer()
    let client = try await ClientFixture()
    async let down = client.answer(to: ClientRequest(url: server.url + "/big"))
    async let up = client.answer(to: ClientRequest(method: "POST", url: server.url + "/check", body: pattern))
    #expect(await down.body == pattern)
    #expect(await up.text == "same")
  }

  @Test func redirectsAndEmptyAnswersAreAnswers() async throws {
    let server = try TestServer()
    let client = try await ClientFixture()
    let moved = await client.answer(to: ClientRequest(url: server.url + "/moved"))
    #expect(moved.status == 302)
    #expect(moved.header("Location") == ["/echo"])
    let empty = await client.answer(to: ClientRequest(url: server.url + "/empty"))
    #expect(empty.status == 204)
    #expect(empty.isComplete)
  }

  @Test(arguments: [
    // Chunked, with an extension, a trailer and two chunks.
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n", "abcde",
      200
    ),
    ("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nabcde", "abcde", 404),
    // Ended by the connection.
    ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde", "abcde", 200),
    ("HTTP/1.0 200\r\n\r\nabcde", "abcde", 200),
    // Interim answers first.
    ("HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: 0\r\n\r\n", "", 201),
    // Not decompressed, whatever it says.
    ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde", "abcde", 200),
  ]) func shapes(sent: String, body: String, status: Int) async throws {
    let server = RawServer { connection in
      _ = connection.readHead()
      connection.send(sent)
    }
    let client = try await ClientFixture()
    let answer = await client.answer(to: ClientRequest(url: server.url))
    #expect(answer.isComplete)
    #expect(answer.status == status)
    #expect(answer.text == body)
    #expect(answer.header("X-Early").isEmpty)
    #expect(answer.header("X-T").isEmpty)
  }

  @Test func foldedAndEmptyHeaderLines() async throws {
    let server = RawServer { connection in
      _ = connection.readHead()
      connection.send("HTTP/1.1 200 OK\r\nX-A:  one \r\n  two\r\nX-B:\r\nContent-Length: 0\r\n\r\n")
    }
    let client = try await ClientFixture()
    let answer = await client.answer(to: ClientRequest(url: server.url))
    #expect(
      answer.headers == [HTTPHeader("X-A", "one two"), HTTPHeader("X-B", ""), HTTPHeader("Content-Length", "0")])
  }

  @Test func anyCertificateIsAcceptedOnlyWhenAsked() async throws {
    let server = try TestServer(tls: .selfSigned(hostName: nil))
    let client = try await ClientFixture()
    var request = ClientRequest(url: server.tlsURL + "/steps", acceptsAnyCertificate: true)
    #expect(await client.answer(to: request).pieces == ["<3>", "<2>", "<1>"])
    request.acceptsAnyCertificate = false
    let refused = await client.answer(to: request).error
    #expect(refused?.kind == "cannotConnect")
    #expect(refused?.description.contains("certificate") == true)
  }
}
