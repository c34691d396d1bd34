import Testing

@testable import Fleet

/// Who may use `POST /api/behavior`.
@Suite struct ChangePermissionTests {
  private static func caller(
    local: Bool = true, host: String? = "localhost:8080", origin: String? = nil, forwarded: Bool = false,
    authorization: String? = nil
  ) -> ChangePermission.Caller {
    ChangePermission.Caller(
      isFromLoopback: local, host: host, origin: origin, isForwarded: forwarded, authorization: authorization)
  }

  @Test(arguments: ["localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1:80", "127.1.2.3", "[::1]:8080", "[::1]"])
  func thisMachineMay(host: String) {
    #expect(ChangePermission().allows(Self.caller(host: host)))
    #expect(ChangePermission(token: "t").allows(Self.caller(host: host, origin: "http://\(host.lowercased())")))
    #expect(!ChangePermission().allows(Self.caller(local: false, host: host)))
  }

  /// DNS rebinding, other web pages, proxies.
  @Test(arguments: [
    caller(host: "evil.example:8080"), caller(host: "127.0.0.1.evil.example"), caller(host: "127.0.0.1x"),
    caller(host: nil), caller(host: ""), caller(host: "localhost.evil.example"), caller(host: "127.0.0.256"),
    caller(origin: "https://evil.example"), caller(origin: "null"), caller(origin: "http://localhost:9999"),
    caller(origin: "https://localhost:8080"), caller(forwarded: true),
  ]) func strangersMayNot(caller: ChangePermission.Caller) {
    #expect(!ChangePermission().allows(caller))
  }

  @Test func aTokenOpensFromAnywhere() {
    let permission = ChangePermission(token: "s3cret")
    func allows(_ authorization: String?) -> Bool {
      permission.allows(Self.caller(local: false, host: "pod.example", authorization: authorization))
    }
    #expect(allows("Bearer s3cret"))
    #expect(allows("bearer s3cret"))
    for wrong in [nil, "", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3crets", "Bearer S3cret", "Basic s3cret"] {
      #expect(!allows(wrong), "\(wrong ?? "nil")")
    }
    #expect(!ChangePermission().allows(Self.caller(local: false, authorization: "Bearer s3cret")))
  }
}
