import HTTPServer
import Kubernetes
import Testing

@testable import Fleet

/// Changes of headers, in lists and in look-ups.
struct HeaderModifierTests {
  typealias Header = HTTPRouteFilter.Headers.Header

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let filter: HTTPRouteFilter.Headers
    let before: [HTTPHeader]
    let after: [HTTPHeader]
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "nothing", filter: .init(), before: [HTTPHeader("A", "1")], after: [HTTPHeader("A", "1")]),
    Case(
      name: "set a new one", filter: .init(set: [Header("X", "1")]), before: [HTTPHeader("A", "1")],
      after: [HTTPHeader("A", "1"), HTTPHeader("x", "1")]),
    Case(
      name: "set replaces all", filter: .init(set: [Header("x-a", "3")]),
      before: [HTTPHeader("X-A", "1"), HTTPHeader("B", "1"), HTTPHeader("x-A", "2")],
      after: [HTTPHeader("X-A", "3"), HTTPHeader("B", "1")]),
    Case(
      name: "add", filter: .init(add: [Header("X-A", "2")]), before: [HTTPHeader("X-A", "1")],
      after: [HTTPHeader("X-A", "1"), HTTPHeader("x-a", "2")]),
    Case(
      name: "remove", filter: .init(remove: ["x-a"]),
      before: [HTTPHeader("X-A", "1"), HTTPHeader("X-B", "1"), HTTPHeader("x-a", "2")],
      after: [HTTPHeader("X-B", "1")]),
    Case(
      name: "set, add, remove", filter: .init(set: [Header("a", "1")], add: [Header("a", "2")], remove: ["b"]),
      before: [HTTPHeader("b", "0")], after: [HTTPHeader("a", "1"), HTTPHeader("a", "2")]),
    Case(
      name: "near names", filter: .init(remove: ["x-a_b"]), before: [HTTPHeader("X-A\u{7F}B", "1")],
      after: [HTTPHeader("X-A\u{7F}B", "1")]),
  ]

  @Test(arguments: cases) func changesListAndLookUpAlike(_ sample: Case) {
    let modifier = HeaderModifier(sample.filter)
    var list = sample.before
    modifier.apply(to: &list)
    #expect(list == sample.after)

    var values = Self.values(sample.before)
    modifier.apply(read: { values[$0] }, write: { values[$0] = $1 })
    #expect(values == Self.values(sample.after))
  }

  private static func values(_ headers: [HTTPHeader]) -> [String: String] {
    Dictionary(headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { "\($0), \($1)" })
  }
}
