import EndpointPicking
import HTTPServer
import Kubernetes
import Simulation
import Testing

@testable import Fleet

/// How requests of a rule are shared out.
struct RouteSplitsTests {
  static func count(
    _ splits: inout RouteSplits, _ table: RouteTable, _ requests: Int,
    mirrored: Bool = false
  ) throws -> [String: Int] {
    var generator = SplitMix64(seed: 7)
    var counts: [String: Int] = [:]
    for _ in 0..<requests {
      let choice = splits.choose(try #require(table.match(SampleRequest())), using: &generator)
      for target in mirrored ? choice.mirrors : [choice.target] { counts[Self.name(target), default: 0] += 1 }
    }
    return counts
  }

  static func name(_ target: RouteTarget) -> String {
    switch target {
    case .pool(let pool): pool.name
    case .service(let name, _): name.name
    case .invalid: "500"
    }
  }

  static func table(
    _ weights: [(String, Int)], path: String = "/", filters: [HTTPRouteFilter] = [], before: [HTTPRoute.Rule] = []
  ) -> RouteTable {
    let rule = HTTPRoute.Rule(
      matches: [HTTPRouteMatch(path: .prefix(path))], filters: filters,
      backends: weights.map { .pool($0.0, weight: $0.1) })
    let pools = Set(["a", "b", "c", "m"].map { PoolID(namespace: "default", name: $0) })
    return RouteTable(routes: [.sample(rules: before + [rule])], gateways: [], pools: pools)
  }

  /// What the page at `/ui` shows of a split.
  @Test func countsWhatItChose() throws {
    let table = Self.table([("a", 3), ("b", 1)])
    var splits = RouteSplits(mode: .smooth)
    splits.adopt(table)
    let counts = try Self.count(&splits, table, 40)
    #expect(splits.shares.map(\.taken) == [[30, 10]])
    #expect(counts == ["a": 30, "b": 10])
    #expect(splits.shares[0].split.targets.map { "\($0.name) \($0.weight)" } == ["a 3", "b 1"])
    splits.adopt(Self.table([("a", 3), ("b", 1)], path: "/", before: []))
    #expect(splits.shares.map(\.taken) == [[30, 10]])
    splits.adopt(Self.table([("a", 1), ("b", 1)]))
    #expect(splits.shares.map(\.taken) == [[0, 0]])
  }

  @Test(arguments: [
    ([("a", 90), ("b", 10)], ["a": 90, "b": 10]),
    ([("a", 1), ("b", 0)], ["a": 100]),
    ([("a", 1), ("b", 1), ("c", 2)], ["a": 25, "b": 25, "c": 50]),
    ([("a", 3), ("gone", 1)], ["a": 75, "500": 25]),
    ([("a", 0), ("b", 0)], ["500": 100]),
    ([("gone", 1)], ["500": 100]),
    ([("a", 5), ("gone", 0)], ["a": 100]),
    ([], ["500": 100]),
  ])
  func smoothSharesAreExact(_ weights: [(String, Int)], _ expected: [String: Int]) throws {
    let table = Self.table(weights)
    var splits = RouteSplits(mode: .smooth)
    splits.adopt(table)
    #expect(try Self.count(&splits, table, 100) == expected)
    let isWarned = weights.isEmpty || weights.allSatisfy { $0.1 == 0 }
    #expect(table.warnings.contains { $0.contains("no backend with a weight") } == isWarned)
  }

  @Test func randomSharesAreRoughlyRight() throws {
    let table = Self.table([("a", 90), ("b", 10)])
    var splits = RouteSplits()
    splits.adopt(table)
    let counts = try Self.count(&splits, table, 10_000)
    #expect((8_850...9_150).contains(counts["a"] ?? 0))
  }

  @Test func anEditOfOtherRulesKeepsTheSplit() throws {
    var splits = RouteSplits(mode: .smooth)
    splits.adopt(Self.table([("a", 90), ("b", 10)]))
    var total: [String: Int] = [:]
    for edit in 0..<20 {
      let others = (0..<edit).map { HTTPRoute.Rule.to("c", HTTPRouteMatch(path: .exact("/\($0)"))) }
      let table = Self.table([("a", 90), ("b", 10)], before: others)
      splits.adopt(table)
      total.merge(try Self.count(&splits, table, 5), uniquingKeysWith: +)
    }
    #expect(total == ["a": 90, "b": 10])
  }

  @Test func newWeightsBeginAnew() throws {
    var splits = RouteSplits(mode: .smooth)
    let before = Self.table([("a", 1), ("b", 1)])
    splits.adopt(before)
    _ = try Self.count(&splits, before, 1)
    let after = Self.table([("a", 1), ("b", 3)])
    splits.adopt(after)
    #expect(try Self.count(&splits, after, 8) == ["a": 2, "b": 6])
  }

  @Test func mirrorsTakeTheirShare() throws {
    let table = Self.table(
      [("a", 1)],
      filters: [
        .mirror(.pool("m"), .init(1, of: 4)), .mirror(.pool("b"), .init(100, of: 100)),
        .mirror(.pool("c"), .init(0, of: 100)),
      ])
    var splits = RouteSplits(mode: .smooth)
    splits.adopt(table)
    #expect(try Self.count(&splits, table, 100, mirrored: true) == ["m": 25, "b": 100])
  }

  @Test func filtersOfTheRuleComeBeforeThoseOfTheBackend() throws {
    let own: [HTTPRouteFilter] = [
      .requestHeaders(.init(set: [.init("x", "backend")])), .mirror(.pool("m"), .init(1, of: 1)),
    ]
    let table = RouteTable(
      routes: [
        .sample(rules: [
          HTTPRoute.Rule(
            filters: [
              .requestHeaders(.init(set: [.init("x", "rule")])), .responseHeaders(.init(add: [.init("y", "1")])),
            ],
            backends: [.pool("a", filters: own), .pool("b")])
        ])
      ], gateways: [], pools: Set(["a", "b", "m"].map { PoolID(namespace: "default", name: $0) }))
    var splits = RouteSplits(mode: .smooth)
    splits.adopt(table)
    var generator = SplitMix64(seed: 1)
    var seen: [String: String] = [:]
    for _ in 0..<2 {
      let choice = splits.choose(try #require(table.match(SampleRequest())), using: &generator)
      var headers: [HTTPHeader] = []
      for modifier in choice.requestHeaders { modifier.apply(to: &headers) }
      #expect(choice.responseHeaders.count == 1)
      seen[Self.name(choice.target)] = "\(headers.first?.value ?? "") \(choice.mirrors.map(Self.name))"
    }
    #expect(seen == ["a": "backend [\"m\"]", "b": "rule []"])
  }

  @Test func aMatchOfAnotherTableIsRefused() throws {
    let table = Self.table([("a", 1)])
    var splits = RouteSplits()
    var generator = SplitMix64(seed: 1)
    let choice = splits.choose(try #require(table.match(SampleRequest())), using: &generator)
    #expect(Self.name(choice.target) == "500")
  }
}
