import EndpointPicking
import Kubernetes
import Testing

@testable import Fleet

/// Which routes count, and for which hosts.
struct RouteAttachmentTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var listener = Gateway.Listener(name: "http", port: 80)
    var gatewayNamespace = "default"
    var parent = HTTPRoute.Parent(name: NamespacedName(namespace: "default", name: "g"))
    var hostnames: [String] = []
    /// A part of the only warning, beside that the route has no effect; nil: it is attached without one.
    let warning: String?
    var testDescription: String { name }
  }

  static let gateway = NamespacedName(namespace: "default", name: "g")

  static let cases: [Case] = [
    Case(name: "all listeners", warning: nil),
    Case(name: "by section", parent: HTTPRoute.Parent(name: gateway, sectionName: "http"), warning: nil),
    Case(
      name: "other section", parent: HTTPRoute.Parent(name: gateway, sectionName: "https"),
      warning: "no listener of that name and port"),
    Case(name: "by port", parent: HTTPRoute.Parent(name: gateway, port: 80), warning: nil),
    Case(
      name: "other port", parent: HTTPRoute.Parent(name: gateway, port: 81),
      warning: "no listener of that name and port"),
    Case(
      name: "other kind", parent: HTTPRoute.Parent(name: gateway, kind: "Service", group: ""),
      warning: "is no Gateway"),
    Case(
      name: "no such gateway",
      parent: HTTPRoute.Parent(name: NamespacedName(namespace: "default", name: "other")),
      warning: "there is no Gateway default/other"),
    Case(
      name: "TCP", listener: Gateway.Listener(name: "t", port: 80, transport: "TCP"), warning: "no listener for HTTP"),
    Case(name: "HTTPS", listener: Gateway.Listener(name: "t", port: 443, transport: "HTTPS"), warning: nil),
    Case(
      name: "other namespace, same", gatewayNamespace: "infra",
      parent: HTTPRoute.Parent(name: NamespacedName(namespace: "infra", name: "g")), warning: "its own namespace only"),
    Case(
      name: "other namespace, all",
      listener: Gateway.Listener(name: "http", port: 80, allowedNamespaces: .all), gatewayNamespace: "infra",
      parent: HTTPRoute.Parent(name: NamespacedName(namespace: "infra", name: "g")), warning: nil),
    Case(
      name: "other namespace, selector",
      listener: Gateway.Listener(name: "http", port: 80, allowedNamespaces: .selector), gatewayNamespace: "infra",
      parent: HTTPRoute.Parent(name: NamespacedName(namespace: "infra", name: "g")), warning: nil),
    Case(
      name: "no common host", listener: Gateway.Listener(name: "http", port: 80, hostname: "a.com"),
      hostnames: ["b.com", "*.a.com"], warning: "no listener for b.com, *.a.com"),
  ]

  @Test(arguments: cases) func attaches(_ sample: Case) {
    let route = HTTPRoute.sample(parents: [sample.parent], hostnames: sample.hostnames, rules: [.to("p")])
    let table = RouteTable(
      routes: [route], gateways: [.sample("g", in: sample.gatewayNamespace, sample.listener)],
      pools: [PoolID(namespace: "default", name: "p")])
    #expect(!table.isEmpty)
    if let warning = sample.warning {
      #expect(table.rules.isEmpty)
      #expect(table.warnings.count == 2)
      #expect(table.warnings.first?.contains(warning) == true, "\(table.warnings)")
      #expect(table.warnings.last == "HTTPRoute default/r is attached to no Gateway and has no effect")
    } else {
      #expect(table.rules.count == 1)
      #expect(table.warnings == [])
    }
  }

  @Test func withoutGatewaysEveryRouteIsAttached() {
    let parent = HTTPRoute.Parent(name: NamespacedName(namespace: "default", name: "nowhere"))
    let table = RouteTable(.sample(parents: [parent], rules: [.to("p")]))
    #expect(table.warnings == [])
    #expect(table.pool(SampleRequest()) == "p")
  }

  @Test func oneGoodParentIsEnough() {
    let bad = HTTPRoute.Parent(name: NamespacedName(namespace: "default", name: "nowhere"))
    let table = RouteTable(
      routes: [.sample(parents: [bad, HTTPRoute.Parent(name: Self.gateway)], rules: [.to("p")])],
      gateways: [.sample("g", Gateway.Listener(name: "http", port: 80))],
      pools: [PoolID(namespace: "default", name: "p")])
    #expect(table.warnings == ["HTTPRoute default/r: there is no Gateway default/nowhere"])
    #expect(table.pool(SampleRequest()) == "p")
  }

  @Test(
    arguments: [
      (nil, nil, "x.org", true), ("a.com", nil, "a.com", true), ("a.com", nil, "b.com", false),
      ("a.com", nil, nil, false), (nil, "a.com", "a.com", true), (nil, "a.com", "b.com", false),
      ("*.a.com", "b.a.com", "b.a.com", true), ("*.a.com", "b.a.com", "c.a.com", false),
      ("b.a.com", "*.a.com", "b.a.com", true), ("b.a.com", "*.a.com", "c.a.com", false),
      ("*.a.com", "*.b.a.com", "c.b.a.com", true), ("*.a.com", "*.b.a.com", "c.a.com", false),
      ("*.b.a.com", "*.a.com", "c.b.a.com", true), ("*.b.a.com", "*.a.com", "c.a.com", false),
      ("*.a.com", "a.com", "a.com", false), ("*.com", "*.org", "a.com", false),
      ("*.a.com", nil, "ba.com", false),
    ] as [(String?, String?, String?, Bool)])
  func hostsOfListenerAndRouteMeet(_ listener: String?, _ route: String?, _ host: String?, _ isTaken: Bool) {
    let table = RouteTable(
      routes: [
        .sample(
          parents: [HTTPRoute.Parent(name: Self.gateway)], hostnames: route.map { [$0] } ?? [], rules: [.to("p")])
      ],
      gateways: [.sample("g", Gateway.Listener(name: "http", port: 80, hostname: listener))],
      pools: [PoolID(namespace: "default", name: "p")])
    #expect((table.pool(SampleRequest(host: host)) == "p") == isTaken)
  }
}
