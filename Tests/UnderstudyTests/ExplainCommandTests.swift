import EndpointPicking
import Testing

@testable import understudy

/// The flags of `explain`.
@Suite struct ExplainCommandTests {
  private func plan(_ words: [String]) throws -> ExplainPlan {
    try ExplainCommand.parse(words).plan { path throws(LaunchError) in throw LaunchError("--config-file: no file") }
  }

  @Test func defaults() throws {
    let plan = try plan(["-f", "x", "--request", "body.json"])
    #expect(plan.fleet.sources == ["x"])
    #expect(plan.request == "body.json")
    #expect(plan.path == "/v1/chat/completions")
    #expect(plan.headers.isEmpty)
  }

  @Test func everythingGiven() throws {
    let plan = try plan([
      "-f", "x", "--request", "-", "--header", "x-a: b c ", "-H", "X-B:", "--header", "c:d:e", "--path",
      "/v1/completions?x=1", "--split", "smooth", "--generic-model-fallback", "--endpoint", "http://h:1",
    ])
    #expect(plan.request == "-")
    #expect(plan.headers.map(\.0) == ["x-a", "X-B", "c"])
    #expect(plan.headers.map(\.1) == ["b c", "", "d:e"])
    #expect(plan.path == "/v1/completions?x=1")
    #expect(plan.fleet.split == .smooth)
    #expect(plan.fleet.genericModelFallback)
    #expect(plan.fleet.endpoints.map(\.host) == ["h"])
  }

  @Test(arguments: [
    (["-f", "x", "--header", "x"], "--header: must be 'name: value', got 'x'"),
    (["-f", "x", "--header", ": v"], "--header: must be 'name: value', got ': v'"),
    (["-f", "x", "--header", "a b: v"], "--header: must be 'name: value', got 'a b: v'"),
    (["-f", "x", "--header", "a: v\u{1}"], "--header: must be 'name: value', got 'a: v\u{1}'"),
    (["-f", "x", "--path", "v1"], "--path: must be a URL's path such as /v1/completions, got 'v1'"),
    (["-f", "x", "--path", "/a b"], "--path: must be a URL's path such as /v1/completions, got '/a b'"),
    (["-f", "-"], "--request: standard input is read for --filename already, got '-'"),
    (["-f", "x", "--config-file", "p"], "--config-file: no file"),
    ([], "name what to run: a models.json, manifests or a folder with --filename, or --endpoint"),
  ])
  func refuses(words: [String], message: String) throws {
    #expect(throws: LaunchError(message)) { try plan(["--request", "-"] + words) }
  }
}
