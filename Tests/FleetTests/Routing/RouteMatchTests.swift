import Kubernetes
import Testing

@testable import Fleet

/// Whether one match takes one request (Gateway API v1.4, HTTPRouteMatch).
struct RouteMatchTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let match: HTTPRouteMatch
    let request: SampleParts
    let isTaken: Bool
    var testDescription: String { "\(match) \(request) \(isTaken)" }
  }

  struct SampleParts: Sendable {
    var path = "/v1/chat/completions"
    var method = "POST"
    var headers: [String: String] = [:]
    var query: [String: String] = [:]
  }

  static func path(_ match: HTTPRouteMatch.Path, _ path: String, _ isTaken: Bool) -> Case {
    Case(match: HTTPRouteMatch(path: match), request: SampleParts(path: path), isTaken: isTaken)
  }

  static func header(_ named: [HTTPRouteMatch.Named], _ headers: [String: String], _ isTaken: Bool) -> Case {
    Case(match: HTTPRouteMatch(headers: named), request: SampleParts(headers: headers), isTaken: isTaken)
  }

  static func query(_ named: [HTTPRouteMatch.Named], _ query: [String: String], _ isTaken: Bool) -> Case {
    Case(match: HTTPRouteMatch(query: named), request: SampleParts(query: query), isTaken: isTaken)
  }

  static func method(_ match: String?, _ method: String, _ isTaken: Bool) -> Case {
    Case(match: HTTPRouteMatch(method: match), request: SampleParts(method: method), isTaken: isTaken)
  }

  static let paths: [Case] = [
    path(.exact("/v1/models"), "/v1/models", true),
    path(.exact("/v1/models"), "/v1/models/", false),
    path(.exact("/v1/models"), "/v1/Models", false),
    path(.exact("/v1/models"), "/v1", false),
    path(.exact("/v1/models"), "/v1/models/a", false),
    path(.exact("/v1/models/"), "/v1/models", false),
    path(.exact("/"), "/", true),
    path(.exact("/"), "/a", false),
    path(.prefix("/"), "/", true),
    path(.prefix("/"), "/a/b", true),
    path(.prefix("/"), "*", false),
    path(.prefix("/v1"), "/v1", true),
    path(.prefix("/v1"), "/v1/", true),
    path(.prefix("/v1"), "/v1/models", true),
    path(.prefix("/v1"), "/v12", false),
    path(.prefix("/v1"), "/V1", false),
    path(.prefix("/v1"), "/v", false),
    path(.prefix("/v1"), "/a/v1", false),
    path(.prefix("/v1/"), "/v1", true),
    path(.prefix("/v1/"), "/v1/models", true),
    path(.prefix("/v1/"), "/v12", false),
    path(.prefix("/v1/chat"), "/v1/chat/completions", true),
    path(.prefix("/v1/chat"), "/v1/chatter", false),
    path(.prefix("/é"), "/é/a", true),
    path(.prefix("/é"), "/éa", false),
    path(.regularExpression("/v[0-9]+/models"), "/v12/models", true),
    path(.regularExpression("/v[0-9]+/models"), "/v12/models/a", false),
    path(.regularExpression("v[0-9]+"), "/v1", false),
    path(.regularExpression("/(chat|embeddings).*"), "/chat/completions", true),
    path(.regularExpression("/(?i)V1/.*"), "/v1/models", true),
    path(.regularExpression("("), "/(", false),
  ]

  static let headers: [Case] = [
    header([.init("X-Model", .exact("a"))], ["x-model": "a"], true),
    header([.init("x-model", .exact("a"))], ["x-model": "A"], false),
    header([.init("x-model", .exact("a"))], ["x-model": "ab"], false),
    header([.init("x-model", .exact("a"))], [:], false),
    header([.init("x-model", .exact(""))], [:], false),
    header([.init("x-model", .exact("")), .init("y", .exact("1"))], ["x-model": "", "y": "1"], true),
    header([.init("x", .exact("a")), .init("y", .exact("b"))], ["x": "a", "y": "b"], true),
    header([.init("x", .exact("a")), .init("y", .exact("b"))], ["x": "a"], false),
    header([.init("X", .exact("a")), .init("x", .exact("b"))], ["x": "a"], true),
    header([.init("X", .exact("a")), .init("x", .exact("b"))], ["x": "b"], false),
    header([.init("x", .regularExpression("a.*"))], ["x": "abc"], true),
    header([.init("x", .regularExpression("a.*"))], ["x": "bac"], false),
    header([.init("x", .regularExpression("b"))], ["x": "abc"], false),
    header([.init("x", .regularExpression(".*"))], [:], false),
    header([.init("x", .regularExpression("a\\1"))], ["x": "aa"], false),
  ]

  static let queries: [Case] = [
    query([.init("beta", .exact("true"))], ["beta": "true"], true),
    query([.init("beta", .exact("true"))], ["Beta": "true"], false),
    query([.init("beta", .exact("true"))], ["beta": "false"], false),
    query([.init("beta", .exact("true"))], [:], false),
    query([.init("a", .exact("1")), .init("b", .exact("2"))], ["a": "1", "b": "2"], true),
    query([.init("a", .exact("1")), .init("b", .exact("2"))], ["a": "1"], false),
    query([.init("a", .exact("1")), .init("a", .exact("2"))], ["a": "1"], true),
    query([.init("a", .exact("1")), .init("A", .exact("2"))], ["a": "1"], false),
    query([.init("a", .regularExpression("[0-9]{2,3}"))], ["a": "123"], true),
    query([.init("a", .regularExpression("[0-9]{2,3}"))], ["a": "1234"], false),
  ]

  static let methods: [Case] = [
    method(nil, "DELETE", true),
    method("GET", "GET", true),
    method("GET", "HEAD", false),
    method("GET", "get", false),
    method("POST", "GET", false),
  ]

  @Test(arguments: paths + headers + queries + methods) func takes(_ sample: Case) {
    let table = RouteTable(.sample(rules: [.to("p", sample.match)]))
    let parts = sample.request
    let request = SampleRequest(parts.path, method: parts.method, headers: parts.headers, query: parts.query)
    #expect((table.pool(request) == "p") == sample.isTaken)
  }

  @Test func allOfOneMatchAndAnyOfSeveral() {
    let table = RouteTable(
      .sample(rules: [
        .to(
          "p", HTTPRouteMatch(path: .prefix("/a"), headers: [.init("x", .exact("1"))], method: "GET"),
          HTTPRouteMatch(path: .exact("/b"), query: [.init("q", .exact("1"))]))
      ]))
    #expect(table.pool(SampleRequest("/a/1", method: "GET", headers: ["x": "1"])) == "p")
    #expect(table.pool(SampleRequest("/a/1", method: "PUT", headers: ["x": "1"])) == nil)
    #expect(table.pool(SampleRequest("/a/1", method: "GET")) == nil)
    #expect(table.pool(SampleRequest("/b", query: ["q": "1"])) == "p")
    #expect(table.pool(SampleRequest("/b")) == nil)
  }

  @Test func aRuleWithoutMatchesTakesEverything() {
    let table = RouteTable(.sample(rules: [HTTPRoute.Rule(backends: [.pool("p")])]))
    #expect(table.pool(SampleRequest("/", method: "TRACE")) == "p")
    #expect(!table.isEmpty)
  }

  @Test func noRoutesMatchNothing() {
    let table = RouteTable()
    #expect(table.isEmpty)
    #expect(table.pool(SampleRequest()) == nil)
  }

  @Test func aBadPatternIsWarnedAboutAndTakesNothing() {
    let table = RouteTable(
      .sample(rules: [.to("p", HTTPRouteMatch(path: .regularExpression("/(")), HTTPRouteMatch(path: .exact("/a")))]))
    #expect(table.warnings.count == 1)
    #expect(table.warnings.first?.contains("'/(' matches nothing") == true)
    #expect(table.pool(SampleRequest("/a")) == "p")
  }
}
