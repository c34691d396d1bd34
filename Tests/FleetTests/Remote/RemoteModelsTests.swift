import HTTPServer
import Testing

@testable import Fleet

@Suite(.serialized) struct RemoteModelsTests {
  private func ask(_ models: RemoteModels, _ fixture: RemoteFixture) {
    let asked = "asked \(fixture.journal.all.count)"
    fixture.onLoop {
      $0.askForModels(of: models)
      fixture.journal.note(asked)
    }
    #expect(fixture.journal.wait(for: asked))
    #expect(fixture.journal.holds { models.hasBeenAsked })
  }

  @Test func theServersListIsKept() throws {
    let fixture = try RemoteFixture()
    let models = RemoteModels(RemoteAddress(host: "127.0.0.1", port: fixture.remotePort))
    #expect(models.names == nil)
    #expect(models.models == nil)
    ask(models, fixture)
    #expect(models.names == ["base", "lora"])
    #expect(
      models.models == [
        RemoteModel(name: "base", root: "org/base", parent: nil, maxModelLen: 2048),
        RemoteModel(name: "lora", root: "/models/lora", parent: "base", maxModelLen: nil),
      ])
    #expect(models.revision == 1)
    ask(models, fixture)
    #expect(models.revision == 1)
  }

  @Test(arguments: [
    nil, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 13\r\n\r\n{\"data\":[{}]}",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"data\":[]}", "",
    "HTTP/1.1 200 OK\r\n\r\n{\"data\":[" + String(repeating: " ", count: 5 << 20) + "]}",
  ])
  func aServerThatSaysNothingUsefulStaysUnknown(_ said: String?) throws {
    let server = said.map { RemoteRawServer($0) }
    let fixture = try RemoteFixture()
    let models = RemoteModels(
      RemoteAddress(host: "127.0.0.1", port: server?.port ?? RemoteRawServer.closedPort()))
    ask(models, fixture)
    #expect(models.names == nil)
    #expect(models.revision == 0)
  }

  @Test func whatIsKnownStaysUntilSomethingElseIsTold() {
    let models = RemoteModels(RemoteAddress(host: "h", port: 1))
    #expect(models.beginAsking())
    #expect(!models.beginAsking())
    models.endAsking([RemoteModel(name: "a", root: "a")])
    #expect(models.beginAsking())
    models.endAsking(nil)
    #expect(models.names == ["a"])
    #expect(models.revision == 1)
    models.endAsking([])
    #expect(models.names == [])
    #expect(models.revision == 2)
  }
}

extension RemoteModels {
  /// Nobody is asking now.
  fileprivate var hasBeenAsked: Bool {
    guard beginAsking() else { return false }
    endAsking(nil)
    return true
  }
}
