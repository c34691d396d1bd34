import Testing

@testable import EndpointPicking

@Suite struct SubsetHintTests {
  /// Two pods with two ranks each, and one at an IPv6 address.
  private let endpoints = [
    ("a", "192.168.1.1", 8000), ("a", "192.168.1.1", 8001), ("b", "192.168.1.2", 8000),
    ("b", "192.168.1.2", 8001), ("c", "fd00::3", 8000),
  ].enumerated().map { index, value in
    Endpoint(
      id: EndpointID(namespace: "default", name: value.0, rank: index % 2), address: value.1, port: value.2)
  }

  @Test(
    arguments: [
      (
        ["192.168.1.1:8000", "192.168.1.1:8001", "192.168.1.2:8000", "192.168.1.2:8001", "[fd00::3]:8000"],
        [0, 1, 2, 3, 4]
      ),
      (["192.168.1.2:8001"], [3]),
      (["192.168.1.2"], [2, 3]),
      (["192.168.1.2:9999"], [2, 3]),
      (["192.168.1.2:9999", "192.168.1.1:8000"], [0]),
      (["[fd00::3]:8000"], [4]),
      (["[fd00::3]"], [4]),
      (["fd00::3"], [4]),
      ([" 192.168.1.1:8000 ", ""], [0]),
      (["192.168.1.1:port"], [0, 1]),
      (["192.168.1.1:99999999999999999999"], [0, 1]),
      (["192.168.1.99:8000"], []),
      (["[", "]", ":", "[]:", "::", "[:"], []),
      ([""], []),
      ([], []),
    ] as [([String], [Int])]) func allows(entries: [String], expected: [Int])
  {
    #expect(SubsetHint(entries).allowed(of: endpoints) == expected.map { endpoints[$0] })
    let header = SubsetHint(header: entries.joined(separator: ","))
    #expect(header.allowed(of: endpoints) == expected.map { endpoints[$0] })
  }

  @Test func candidatesOfARequest() throws {
    #expect(try SubsetHint.candidates(of: endpoints, hint: nil) == endpoints)
    #expect(try SubsetHint.candidates(of: endpoints, hint: SubsetHint(header: "192.168.1.1:8001")) == [endpoints[1]])
    for (endpoints, hint) in [
      ([], nil), (endpoints, SubsetHint([String]())), (endpoints, SubsetHint(header: "")),
      (endpoints, SubsetHint(["192.168.1.99:8000"])),
    ] as [([Endpoint], SubsetHint?)] {
      let error = #expect(throws: InferenceError.self) { try SubsetHint.candidates(of: endpoints, hint: hint) }
      #expect(error?.httpStatus == 503)
      #expect(
        error?.description
          == "inference error: ServiceUnavailable - failed to find endpoint candidates for serving the request")
    }
  }
}
