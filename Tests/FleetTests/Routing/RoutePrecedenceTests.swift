import EndpointPicking
import Kubernetes
import Testing

@testable import Fleet

/// Which of two rules takes a request that both match.
struct RoutePrecedenceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let winner: HTTPRouteMatch
    let loser: HTTPRouteMatch
    var testDescription: String { name }
  }

  static let header = HTTPRouteMatch.Named("h", .exact("1"))
  static let otherHeader = HTTPRouteMatch.Named("i", .regularExpression("."))
  static let query = HTTPRouteMatch.Named("q", .exact("1"))
  static let otherQuery = HTTPRouteMatch.Named("r", .exact("1"))

  static let cases: [Case] = [
    Case(
      name: "exact path over prefix", winner: HTTPRouteMatch(path: .exact("/a/b")),
      loser: HTTPRouteMatch(path: .prefix("/a/b"), headers: [header], query: [query], method: "POST")),
    Case(
      name: "exact path over pattern", winner: HTTPRouteMatch(path: .exact("/a/b")),
      loser: HTTPRouteMatch(path: .regularExpression("/a/b"), method: "POST")),
    Case(
      name: "longer prefix", winner: HTTPRouteMatch(path: .prefix("/a/b")),
      loser: HTTPRouteMatch(path: .prefix("/a"), headers: [header], method: "POST")),
    Case(
      name: "longer prefix over /", winner: HTTPRouteMatch(path: .prefix("/a")),
      loser: HTTPRouteMatch(headers: [header, otherHeader], query: [query])),
    Case(
      name: "prefix over pattern", winner: HTTPRouteMatch(path: .prefix("/a")),
      loser: HTTPRouteMatch(path: .regularExpression("/a/b"), headers: [header])),
    Case(
      name: "method over headers", winner: HTTPRouteMatch(path: .prefix("/a"), method: "POST"),
      loser: HTTPRouteMatch(path: .prefix("/a"), headers: [header, otherHeader], query: [query])),
    Case(
      name: "more headers", winner: HTTPRouteMatch(headers: [header, otherHeader]),
      loser: HTTPRouteMatch(headers: [header], query: [query, otherQuery])),
    Case(
      name: "a header over queries", winner: HTTPRouteMatch(headers: [otherHeader]),
      loser: HTTPRouteMatch(query: [query, otherQuery])),
    Case(
      name: "two for one header count once", winner: HTTPRouteMatch(headers: [header], query: [query]),
      loser: HTTPRouteMatch(headers: [header, HTTPRouteMatch.Named("H", .exact("2"))])),
    Case(
      name: "more queries", winner: HTTPRouteMatch(query: [query, otherQuery]),
      loser: HTTPRouteMatch(query: [query])),
    Case(
      name: "a trailing slash is no length", winner: HTTPRouteMatch(path: .prefix("/a"), method: "POST"),
      loser: HTTPRouteMatch(path: .prefix("/a/"))),
  ]

  @Test(arguments: cases) func betterMatchWins(_ sample: Case) {
    let request = SampleRequest("/a/b", headers: ["h": "1", "i": "2"], query: ["q": "1", "r": "1"])
    #expect(RouteTable(.sample(rules: [.to("l", sample.loser)])).pool(request) == "l")
    #expect(RouteTable(.sample(rules: [.to("l", sample.loser), .to("w", sample.winner)])).pool(request) == "w")
    let inTwo = RouteTable(
      .sample("old", created: 1, rules: [.to("l", sample.loser)]),
      .sample("young", created: 2, rules: [.to("w", sample.winner)]))
    #expect(inTwo.pool(request) == "w")
  }

  @Test func tiesGoToTheOldestThenByNameThenByPosition() {
    let match = HTTPRouteMatch()
    let request = SampleRequest()
    let ages = RouteTable(
      .sample("a", created: 2, rules: [.to("young", match)]), .sample("b", created: 1, rules: [.to("old", match)]))
    #expect(ages.pool(request) == "old")
    let names = RouteTable(
      .sample("b", in: "default", created: 1, rules: [.to("b", match)]),
      .sample("a", in: "default", created: 1, rules: [.to("a", match)]))
    #expect(names.pool(request) == "a")
    let namespaces = RouteTable(
      .sample("a", in: "z", created: 1, rules: [.to("z", match)]),
      .sample("b", in: "y", created: 1, rules: [.to("y", match)]))
    #expect(namespaces.pool(request) == "y")
    #expect(RouteTable(.sample(rules: [.to("first", match), .to("second", match)])).pool(request) == "first")
  }

  @Test(arguments: [
    ("a.example.com", "exact"), ("A.Example.Com:8080", "exact"), ("a.example.com.", "exact"),
    ("b.example.com", "wildcard"), ("c.b.example.com", "longer"), ("d.c.b.example.com", "longer"),
    ("example.com", "any"), ("example.org", "any"), ("[::1]:8080", "any"), ("xexample.com", "any"), ("", "any"),
  ])
  func hostsGoToTheMostSpecificName(_ host: String, _ pool: String) {
    let all = HTTPRouteMatch()
    let table = RouteTable(
      .sample("any", created: 1, rules: [.to("any", HTTPRouteMatch(path: .exact("/v1/chat/completions")))]),
      .sample("wildcard", created: 2, hostnames: ["*.example.com"], rules: [.to("wildcard", all)]),
      .sample("longer", created: 3, hostnames: ["*.b.example.com"], rules: [.to("longer", all)]),
      .sample("exact", created: 4, hostnames: ["a.EXAMPLE.com"], rules: [.to("exact", all)]))
    #expect(table.pool(SampleRequest(host: host)) == pool)
  }

  @Test func aLessSpecificHostTakesWhatNoRuleOfTheOtherMatches() {
    let table = RouteTable(
      .sample("exact", hostnames: ["a.b"], rules: [.to("exact", HTTPRouteMatch(path: .prefix("/x")))]),
      .sample("any", rules: [.to("any", HTTPRouteMatch())]))
    #expect(table.pool(SampleRequest("/x", host: "a.b")) == "exact")
    #expect(table.pool(SampleRequest("/y", host: "a.b")) == "any")
    #expect(table.pool(SampleRequest("/x")) == "any")
  }

  @Test func aHostOfAnIPv6AddressKeepsItsColons() {
    #expect(Hostname.host(ofHeader: "[::1]") == "[::1]")
    #expect(Hostname.host(ofHeader: "[::1]:80") == "[::1]")
    #expect(Hostname.host(ofHeader: "A.b:80") == "a.b")
    #expect(Hostname.host(ofHeader: ":") == "")
  }
}
