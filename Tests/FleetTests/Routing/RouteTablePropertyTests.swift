import EndpointPicking
import Kubernetes
import Simulation
import Testing

@testable import Fleet

/// The table against an implementation that tries everything and sorts what fits.
struct RouteTablePropertyTests {
  @Test(arguments: 0..<24) func agreesWithTryingEverything(_ seed: UInt64) throws {
    var world = RandomRoutes(seed: seed)
    let gateways = world.gateways()
    let routes = world.routes(count: 1 + Int(seed) * 4)
    let table = RouteTable(routes: routes.shuffled(using: &world.generator), gateways: gateways, pools: [])
    let naive = NaiveRoutes(routes: routes, gateways: gateways)
    var found = 0
    for _ in 0..<150 {
      let request = world.request()
      let expected = try naive.match(request)
      let match = table.match(request)
      #expect(match?.rule.backends.first?.reference.name.name == expected, "\(request)")
      found += match == nil ? 0 : 1
    }
    #expect(found > 0)
  }

  @Test func aThousandModelsTakeOneLookUp() throws {
    let rules = (0..<1_000).map { index in
      HTTPRoute.Rule.to(
        "p\(index)", HTTPRouteMatch(path: .prefix("/"), headers: [.init("X-Gateway-Model-Name", .exact("m\(index)"))]))
    }
    let table = RouteTable(.sample(rules: rules))
    for model in ["m0", "m500", "m999"] {
      let request = SampleRequest(headers: ["x-gateway-model-name": model])
      #expect(table.pool(request) == "p" + model.dropFirst())
      #expect(request.counter.lookUps <= 2)
    }
    let unknown = SampleRequest(headers: ["x-gateway-model-name": "other"])
    #expect(table.pool(unknown) == nil)
    #expect(unknown.counter.lookUps <= 1)
  }

  @Test func aThousandPathsTakeOneLookUp() throws {
    let rules = (0..<1_000).map { index in
      HTTPRoute.Rule.to("p\(index)", HTTPRouteMatch(path: .prefix("/m\(index)"), headers: [.init("h", .exact("1"))]))
    }
    let request = SampleRequest("/m500/v1/models", headers: ["h": "1"])
    #expect(RouteTable(.sample(rules: rules)).pool(request) == "p500")
    #expect(request.counter.lookUps == 1)
  }
}

/// Routes, gateways and requests from so few parts that they meet often.
struct RandomRoutes {
  var generator: SplitMix64
  private var pools = 0

  static let hostnames = ["a.com", "b.a.com", "c.b.a.com", "*.a.com", "*.b.a.com", "*.com"]
  static let paths = ["/", "/v1", "/v1/", "/v1/chat", "/v1/chat/completions", "/v2", "/v1/cha"]
  static let patterns = ["/v[12].*", ".*chat.*", "/", "/v2"]
  static let values = ["m0", "m1", "m2", "m3", "m4", "m5"]

  init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

  private mutating func any<Element>(of list: [Element]) -> Element {
    list[Int.random(in: list.indices, using: &generator)]
  }

  mutating func gateways() -> [Gateway] {
    guard chance(70) else { return [] }
    let listeners = (0..<Int.random(in: 1...3, using: &generator)).map { index in
      Gateway.Listener(name: "l\(index)", port: 80, hostname: chance(50) ? any(of: Self.hostnames) : nil)
    }
    return [
      Gateway(metadata: ObjectMetadata(name: "g"), className: "c", listeners: listeners)
    ]
  }

  mutating func routes(count: Int) -> [HTTPRoute] {
    (0..<count).map { index in
      let section = chance(20) ? "l\(Int.random(in: 0...2, using: &generator))" : nil
      let parent = HTTPRoute.Parent(name: NamespacedName(namespace: "default", name: "g"), sectionName: section)
      let hostnames = (0..<Int.random(in: 0...2, using: &generator)).map { _ in any(of: Self.hostnames) }
      return HTTPRoute.sample(
        "r\(index)", created: Int64.random(in: 1...3, using: &generator), parents: [parent], hostnames: hostnames,
        rules: (0..<Int.random(in: 1...3, using: &generator)).map { _ in rule() })
    }
  }

  private mutating func rule() -> HTTPRoute.Rule {
    pools += 1
    let matches = (0..<Int.random(in: 0...3, using: &generator)).map { _ in match() }
    return HTTPRoute.Rule(matches: matches, backends: [.pool("p\(pools)")])
  }

  private mutating func match() -> HTTPRouteMatch {
    let path: HTTPRouteMatch.Path =
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: .exact(any(of: Self.paths))
      case 1: .regularExpression(any(of: Self.patterns))
      default: .prefix(any(of: Self.paths))
      }
    return HTTPRouteMatch(
      path: path, headers: named(["x-model", "X-Model", "x-env"]), query: named(["q", "Q"]),
      method: chance(25) ? any(of: ["GET", "POST"]) : nil)
  }

  private mutating func named(_ names: [String]) -> [HTTPRouteMatch.Named] {
    (0..<Int.random(in: 0...2, using: &generator)).map { _ in
      .init(any(of: names), chance(75) ? .exact(any(of: Self.values)) : .regularExpression("m[0-3]"))
    }
  }

  mutating func request() -> SampleRequest {
    var request = SampleRequest(any(of: Self.paths + ["/v12", "/v1/chat/x", "/v1/chatter"]))
    request.method = any(of: ["GET", "POST", "PUT"])
    request.host = any(of: [nil, "a.com", "B.a.com:80", "c.b.a.com", "d.c.b.a.com", "x.com", "org", "z.org"])
    for name in ["x-model", "x-env"] where chance(70) { request.headers[name] = any(of: Self.values) }
    for name in ["q", "Q"] where chance(60) { request.query[name] = any(of: Self.values) }
    return request
  }
}

/// Tries all matches of all rules, and sorts those that fit.
struct NaiveRoutes {
  let routes: [HTTPRoute]
  let gateways: [Gateway]

  /// The name of the pool of the rule that takes `request`.
  func match(_ request: SampleRequest) throws -> String? {
    var found: [(rank: [Int], pool: String)] = []
    for route in routes {
      guard let host = hostRank(route, request) else { continue }
      for (position, rule) in route.rules.enumerated() {
        for match in rule.matches.isEmpty ? [HTTPRouteMatch()] : rule.matches {
          guard let rank = try rank(match, request), let pool = rule.backends.first?.reference.name.name else {
            continue
          }
          // Routes of one age by name, which is "r" and a number, compared as text.
          let names = routes.map(\.metadata.name.name).sorted()
          let name = names.firstIndex(of: route.metadata.name.name) ?? 0
          found.append((host + rank + [Int(route.metadata.creationTimestamp ?? 0), name, position], pool))
        }
      }
    }
    return found.min { $0.rank.lexicographicallyPrecedes($1.rank) }?.pool
  }

  /// The best of all pairs of a listener's name and a route's that the host meets both of; less is better.
  private func hostRank(_ route: HTTPRoute, _ request: SampleRequest) -> [Int]? {
    var header = request.host?.lowercased() ?? ""
    if let colon = header.firstIndex(of: ":") { header = String(header[..<colon]) }
    let host = header
    var listeners: [String?] = [nil]
    if !gateways.isEmpty {
      listeners = gateways.flatMap(\.listeners).filter { listener in
        route.parents.contains { $0.sectionName == nil || $0.sectionName == listener.name }
      }.map(\.hostname)
    }
    let own: [String?] = route.hostnames.isEmpty ? [nil] : route.hostnames
    let ranks = listeners.flatMap { listener in
      own.compactMap { name -> [Int]? in
        guard let a = rank(host, listener), let b = rank(host, name) else { return nil }
        return a.lexicographicallyPrecedes(b) ? a : b
      }
    }
    return ranks.min { $0.lexicographicallyPrecedes($1) }
  }

  private func rank(_ host: String, _ name: String?) -> [Int]? {
    guard let name else { return [2, 0] }
    if name.hasPrefix("*") {
      let suffix = name.dropFirst()
      return host.hasSuffix(suffix) && host.count > suffix.count ? [1, -suffix.count] : nil
    }
    return host == name ? [0, 0] : nil
  }

  private func rank(_ match: HTTPRouteMatch, _ request: SampleRequest) throws -> [Int]? {
    let path: [Int]
    switch match.path {
    case .exact(let text):
      guard text == request.path else { return nil }
      path = [0, 0]
    case .prefix(let text):
      let elements = text.split(separator: "/")
      guard request.path.split(separator: "/").starts(with: elements) else { return nil }
      path = [1, -elements.reduce(0) { $0 + 1 + $1.count }]
    case .regularExpression(let text):
      guard try Regex(text).wholeMatch(in: request.path) != nil else { return nil }
      path = [2, 0]
    }
    if let method = match.method, method != request.method { return nil }
    var headers: [String: HTTPRouteMatch.Text] = [:]
    for named in match.headers.reversed() { headers[named.name.lowercased()] = named.value }
    var query: [String: HTTPRouteMatch.Text] = [:]
    for named in match.query.reversed() { query[named.name] = named.value }
    for (name, text) in headers where try !fits(text, request.headers[name]) { return nil }
    for (name, text) in query where try !fits(text, request.query[name]) { return nil }
    return path + [match.method == nil ? 1 : 0, -headers.count, -query.count]
  }

  private func fits(_ text: HTTPRouteMatch.Text, _ value: String?) throws -> Bool {
    guard let value else { return false }
    switch text {
    case .exact(let expected): return value == expected
    case .regularExpression(let pattern): return try Regex(pattern).wholeMatch(in: value) != nil
    }
  }
}
