import HTTPClient
import Testing

@testable import understudy

/// Whom `understudy healthcheck` asks, and what it makes of the answer.
@Suite struct HealthcheckTests {
  private static func target(_ line: String, environment: [String: String] = [:]) throws -> String? {
    let words = line.split(separator: " ").map(String.init)
    return try HealthTarget(startedWith: words, environment: environment) { path throws(LaunchError) in
      guard path == "c.yaml" else { throw LaunchError("no file '\(path)' in this test") }
      return "port: 8123"
    }?.url
  }

  @Test(arguments: [
    ("--model m", "http://127.0.0.1:8000/health"),
    ("serve m --port=9000", "http://127.0.0.1:9000/health"),
    ("--model m --config c.yaml", "http://127.0.0.1:8123/health"),
    ("--model m --self-signed-certs", "https://127.0.0.1:8000/health"),
    ("--model m --host 10.1.2.3", "http://10.1.2.3:8000/health"),
    ("--model m --host 0.0.0.0", "http://127.0.0.1:8000/health"),
    ("--model m --host ::", "http://[::1]:8000/health"),
    ("--model m --host fd00::1", "http://[fd00::1]:8000/health"),
    ("up -f models.json", "http://127.0.0.1:8080/health"),
    ("up -f a -f b --port 18080", "http://127.0.0.1:18080/health"),
    ("epp --pool-name p", "http://127.0.0.1:9090/health"),
    ("epp -f a --metrics-port=9191 --secure-serving=false", "http://127.0.0.1:9191/health"),
  ])
  func serversAreAskedWhereTheyListen(words: String, url: String) throws { #expect(try Self.target(words) == url) }

  @Test func theEnvironmentCounts() throws {
    #expect(try Self.target("--port 8001", environment: ["SIM_MODEL": "m"]) == "http://127.0.0.1:8001/health")
  }

  @Test(arguments: [
    "healthcheck", "get pods", "--version", "--help", "up --help", "epp validate -f a", "--model m --dry-run",
  ])
  func othersAreNoServers(words: String) throws { #expect(try Self.target(words) == nil) }

  @Test(arguments: [
    (
      "--model m --uds /tmp/s",
      "the server listens on the Unix socket /tmp/s, which cannot be asked: use --no-healthcheck"
    ),
    (
      "up -f a --port 0",
      "the server was started with --port 0 and chose a port: name it with healthcheck --port"
    ),
  ])
  func someCannotBeAsked(words: String, message: String) throws {
    let error = try #require(throws: LaunchError.self) { try Self.target(words) }
    #expect(error.message == message)
  }

  @Test(arguments: [
    (["--port", "81"], "http://127.0.0.1:81/health"),
    (["--url", "https://h:1/ready"], "https://h:1/ready"),
  ])
  func flagsNameTheServer(words: [String], url: String) throws {
    #expect(try HealthcheckCommand.parse(words).target() == HealthTarget(url: url))
  }

  @Test(arguments: [
    (["--port", "0"], "--port: must be 1 to 65535, got '0'"),
    (["--port", "-1"], "--port: must be 1 to 65535, got '-1'"),
    (["--port", "1", "--url", "http://h"], "--url: cannot stand beside --port"),
  ])
  func wrongFlags(words: [String], message: String) throws {
    let error = try #require(throws: LaunchError.self) { try Understudy.run(["healthcheck"] + words) }
    #expect(error.message == message)
    #expect(error.status == 1)
  }

  @Test func theStatusDecides() throws {
    let target = HealthTarget(port: 1)
    func verdict(_ answer: Result<ClientResponse, ClientError>) throws -> String {
      try HealthcheckCommand.verdict(on: target) { request throws(ClientError) in
        #expect(request.url == target.url && request.method == "GET")
        return try answer.get()
      }
    }
    #expect(try verdict(.success(ClientResponse(status: 200))) == "healthy: http://127.0.0.1:1/health")
    for (answer, reason) in [
      (.success(ClientResponse(status: 503)), "status 503"), (.failure(.cannotConnect("refused")), "refused"),
    ] as [(Result<ClientResponse, ClientError>, String)] {
      let error = try #require(throws: LaunchError.self) { try verdict(answer) }
      #expect(error.message == "unhealthy: http://127.0.0.1:1/health: \(reason)")
      #expect(error.status == 1)
    }
  }

  @Test func commandLinesOfProcesses() {
    #expect(NeighbouringServer.words(ofCommandLine: Array("a\0--model\0\0m\0".utf8)) == ["a", "--model", "", "m"])
    #expect(NeighbouringServer.words(ofCommandLine: []) == [])
  }
}
