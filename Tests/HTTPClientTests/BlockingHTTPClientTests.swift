import HTTPClient
import HTTPServer
import Testing

@Suite struct BlockingHTTPClientTests {
  @Test func oneCall() throws {
    let server = try TestServer()
    let client = BlockingHTTPClient()
    let answer = try client.send(
      ClientRequest(
        method: "POST", url: server.url + "/a", headers: [HTTPHeader("X-B", "c")], body: Array("text".utf8),
        timeout: 5_000_000_000))
    #expect(answer.status == 200)
    #expect(answer.headers.contains(HTTPHeader("X-Reply", "a b")))
    #expect(
      String(decoding: answer.body, as: UTF8.self)
        == "POST /a\nHost: 127.0.0.1:\(server.port)\nX-B: c\nContent-Length: 4\n\ntext")
    #expect(try client.send(ClientRequest(url: server.url + "/big")).body == pattern)
    #expect(try client.send(ClientRequest(url: server.url + "/moved")).status == 302)
  }

  @Test func failures() throws {
    let client = BlockingHTTPClient()
    let refused = #expect(throws: ClientError.self) {
      try client.send(ClientRequest(url: "http://127.0.0.1:\(RawServer.closedPort())/"))
    }
    #expect(refused?.kind == "cannotConnect")
    let server = try TestServer()
    let late = #expect(throws: ClientError.self) {
      try client.send(ClientRequest(url: server.url + "/never", timeout: 100_000_000))
    }
    #expect(late?.kind == "timedOut")
  }
}
