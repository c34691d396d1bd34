import HTTPClient
import HTTPServer
import Testing

@testable import understudy

/// What client commands make of a server's answers.
@Suite struct AdminClientTests {
  /// A server that gives prepared answers, and what became of them.
  private final class Exchange {
    var answers: [Result<ClientResponse, ClientError>]
    var sent: [ClientRequest] = []
    var output = ""
    var error = ""

    init(_ answers: [Result<ClientResponse, ClientError>]) { self.answers = answers }

    func client(ignoresNotFound: Bool = false) -> AdminClient {
      AdminClient(
        server: "http://h:1", ignoresNotFound: ignoresNotFound,
        send: { [self] request throws(ClientError) in
          sent.append(request)
          return try answers.removeFirst().get()
        },
        write: { [self] stream, text in
          switch stream {
          case .output: output += text
          case .error: error += text
          }
        })
    }
  }

  private static func answer(_ status: Int, _ text: String) -> Result<ClientResponse, ClientError> {
    .success(ClientResponse(status: status, body: Array(text.utf8)))
  }

  private static let requests = ["a", "b"].map { AdminRequest.delete(kind: "pod", name: $0, namespace: nil) }

  @Test func requestsAreSentWithTheirBodies() {
    let exchange = Exchange([Self.answer(200, "pod/a created\n"), Self.answer(200, "NAME   AGE\np      5s")])
    let manifest = Manifest(path: nil, content: Array("kind: Pod".utf8))
    #expect(
      exchange.client().perform([
        .apply(manifest, namespace: nil), .get(kind: "pods", name: nil, namespace: nil, allNamespaces: false),
      ]))
    #expect(exchange.sent.map(\.method) == ["POST", "GET"])
    #expect(exchange.sent.map(\.url) == ["http://h:1/api/apply", "http://h:1/api/get?kind=pods"])
    #expect(exchange.sent.map(\.body) == [manifest.content, []])
    #expect(exchange.sent.map(\.headers) == [[HTTPHeader("Content-Type", "application/yaml")], []])
    #expect(exchange.output == "pod/a created\nNAME   AGE\np      5s\n")
    #expect(exchange.error == "")
  }

  @Test func afterAFailureTheRestIsSent() {
    let exchange = Exchange([Self.answer(404, "pods \"a\" not found"), Self.answer(200, "pod \"b\" deleted\n")])
    #expect(!exchange.client().perform(Self.requests))
    #expect(exchange.error == "pods \"a\" not found\n")
    #expect(exchange.output == "pod \"b\" deleted\n")
  }

  @Test func absenceIsIgnoredOnRequestOnly() {
    let text = "Error from server (NotFound): pods \"a\" not found"
    let missing = Exchange([Self.answer(400, text), Self.answer(400, text)])
    #expect(missing.client(ignoresNotFound: true).perform(Self.requests))
    #expect(missing.error == "" && missing.output == "")
    let wrong = Exchange([Self.answer(400, "error: no such kind\n"), Self.answer(200, "")])
    #expect(!wrong.client(ignoresNotFound: true).perform(Self.requests))
    #expect(wrong.error == "error: no such kind\n")
    #expect(wrong.output == "")
  }

  @Test func notesAreNoFailures() {
    let note = ClientResponse(status: 204, headers: [HTTPHeader("x-understudy-note", "No resources found")])
    let exchange = Exchange([.success(note), .success(note)])
    #expect(exchange.client().perform(Self.requests))
    #expect(exchange.error == "No resources found\nNo resources found\n")
    #expect(exchange.output == "")
    #expect(Exchange([.success(note), .success(note)]).client(ignoresNotFound: true).perform(Self.requests))
  }

  @Test func failuresWithoutATextSayTheirStatus() {
    let exchange = Exchange([Self.answer(500, ""), Self.answer(200, "")])
    #expect(!exchange.client().perform(Self.requests))
    #expect(exchange.error == "error: the server answered with status 500\n")
  }

  @Test func nobodyListening() {
    let exchange = Exchange([.failure(.cannotConnect("refused"))])
    #expect(!exchange.client().perform(Self.requests))
    #expect(exchange.error == "no understudy up answers at http://h:1: start one, or name its --admin-port\n")
    #expect(exchange.sent.count == 1)
  }

  @Test func brokenAnswers() {
    let exchange = Exchange([.failure(.brokenOff("it went away"))])
    #expect(!exchange.client().perform(Self.requests))
    #expect(exchange.error == "error: http://h:1: it went away\n")
    #expect(exchange.sent.count == 1)
  }
}
