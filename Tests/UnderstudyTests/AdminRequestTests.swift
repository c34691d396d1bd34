import Glibc
import TestSupport
import Testing

@testable import understudy

/// What `get`, `apply` and `delete` ask a running `understudy up` for.
@Suite struct AdminRequestTests {
  /// Method and target of each request, or kubectl's refusal.
  private func outcome(_ command: some ClientCommand) -> [String] {
    do throws(ClientFailure) {
      return try command.requests().map { "\($0.method.rawValue) \($0.target)" }
    } catch {
      return ["error: \(error.reason)"]
    }
  }

  @Test(arguments: [
    (["pods"], "GET /api/get?kind=pods"),
    (["pods", "a-0", "-n", "ns"], "GET /api/get?kind=pods&name=a-0&namespace=ns"),
    (["inferencepool/p", "--namespace=ns"], "GET /api/get?kind=inferencepool&name=p&namespace=ns"),
    (
      ["-A", "httproutes.gateway.networking.k8s.io"], "GET /api/get?kind=httproutes.gateway.networking.k8s.io&all=true"
    ),
    (["pods", "--all-namespaces"], "GET /api/get?kind=pods&all=true"),
    (["pods", "a&b=c d\u{E9}%+"], "GET /api/get?kind=pods&name=a%26b%3Dc%20d%C3%A9%25%2B"),
    (["pods", "x", "-A"], "error: a resource cannot be retrieved by name across all namespaces"),
    (["pods/x", "-A"], "error: a resource cannot be retrieved by name across all namespaces"),
    (["pods/"], "error: arguments in resource/name form must have a single resource and name, got 'pods/'"),
    (["a/b/c"], "error: arguments in resource/name form must have a single resource and name, got 'a/b/c'"),
    (
      ["pods/a", "b"],
      "error: there is no need to specify a resource type as a separate argument when passing arguments in "
        + "resource/name form, got 'b'"
    ),
    (["pods/a", "pods/b"], "error: one object at a time, got 'pods/b'"),
  ])
  func get(words: [String], expected: String) throws {
    #expect(outcome(try GetCommand.parse(words)) == [expected])
  }

  @Test(arguments: [
    (["pod", "a"], ["POST /api/delete?kind=pod&name=a"]),
    (
      ["pod", "a", "b", "-n", "ns"],
      ["POST /api/delete?kind=pod&name=a&namespace=ns", "POST /api/delete?kind=pod&name=b&namespace=ns"]
    ),
    (["pod/a", "svc/b"], ["POST /api/delete?kind=pod&name=a", "POST /api/delete?kind=svc&name=b"]),
    (["pod"], ["error: resource(s) were provided, but no name was specified"]),
    ([], ["error: name what to delete: KIND NAME, or a manifest with --filename"]),
    (["pod", "a", "-f", "x"], ["error: --filename: cannot stand beside names, got 'pod a'"]),
    (["-f", "/no/such/file"], [#"error: the path "/no/such/file" does not exist"#]),
  ])
  func delete(words: [String], expected: [String]) throws {
    #expect(outcome(try DeleteCommand.parse(words)) == expected)
  }

  @Test func applyNeedsAFile() throws {
    #expect(outcome(try ApplyCommand.parse([])) == ["error: must specify --filename"])
    #expect(outcome(try ApplyCommand.parse(["-f", "/no/such"])) == [#"error: the path "/no/such" does not exist"#])
  }

  @Test func foldersAreSentFileByFileInOrder() throws {
    let folder = try TemporaryFolder()
    try folder.write("b.yaml", "kind: B")
    try folder.write("a.json", "{}")
    try folder.write("c.yml", "")
    try folder.write("notes.txt", "no")
    try #require(mkdir(folder.path + "/d.yaml", 0o700) == 0)
    let command = try ApplyCommand.parse(["-f", folder.path, "-f", folder.path + "/b.yaml", "-n", "ns"])
    let requests = try command.requests()
    let names = ["a.json", "b.yaml", "c.yml", "b.yaml"]
    let path = folder.path.split(separator: "/").map(String.init)
    #expect(requests.allSatisfy { $0.method == .post })
    #expect(
      requests.map(\.target)
        == names.map { "/api/apply?namespace=ns&name=%2F" + (path + [$0]).joined(separator: "%2F") })
    #expect(requests.map { String(decoding: $0.body, as: UTF8.self) } == ["{}", "kind: B", "", "kind: B"])

    let delete = try DeleteCommand.parse(["-f", folder.path + "/"]).requests()
    #expect(
      delete.map(\.target)
        == requests.prefix(2).map {
          $0.target.replacing("/api/apply?namespace=ns&", with: "/api/delete?")
        })
  }

  @Test func emptyManifestsDeleteNothing() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.yaml", "")
    #expect(outcome(try DeleteCommand.parse(["-f", folder.path])) == ["error: no objects passed to delete"])
  }

  @Test func foldersWithoutManifestsAreRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write("notes.txt", "no")
    #expect(
      outcome(try ApplyCommand.parse(["-f", folder.path])) == [
        "error: no .json, .yaml or .yml file in '\(folder.path)'"
      ])
  }

  @Test(arguments: [
    ([], "http://127.0.0.1:8081"), (["--admin-port", "9"], "http://127.0.0.1:9"),
    (["-s", "http://h:1/"], "http://h:1"), (["--server=http://[::1]:8081"], "http://[::1]:8081"),
    (["--admin-port", "-1"], "error: --admin-port: must be 1 to 65535, got '-1'"),
    (["--server", "h"], "error: --server: must be http://host:port with a port from 1 to 65535, got 'h'"),
    (["--server", "http://h:1", "--admin-port", "1"], "error: --server: cannot stand beside --admin-port"),
  ])
  func servers(words: [String], expected: String) throws {
    let command = try GetCommand.parse(["pods"] + words)
    do throws(ClientFailure) {
      #expect(try command.client.client().server == expected)
    } catch {
      #expect("error: \(error.reason)" == expected)
    }
  }
}
