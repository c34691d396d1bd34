import HTTPServer
import Simulation
import TestSupport
import Testing

@testable import HTTPClient
@testable import KubernetesClient

/// Ways to an API server.
@Suite struct ConfigurationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func problem(_ body: () throws -> ClusterConfiguration) -> String {
    do {
      return "none: \(try body().server)"
    } catch {
      return "\(error)".replacing(folder.path, with: "~")
    }
  }

  // MARK: - In a cluster

  private func mountServiceAccount() throws {
    try folder.write("token", "  abc \n")
    try folder.write("ca.crt", "PEM")
    try folder.write("namespace", "prod\n")
  }

  @Test(arguments: [
    ("10.0.0.1", "443", "https://10.0.0.1:443"), ("fd00::1", "6443", "https://[fd00::1]:6443"),
    ("kubernetes.default", "1", "https://kubernetes.default:1"),
  ]) func inCluster(host: String, port: String, server: String) throws {
    try mountServiceAccount()
    let configuration = try ClusterConfiguration.inCluster(
      environment: ["KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port], folder: folder.path)
    #expect(configuration.server == server)
    #expect(configuration.namespace == "prod")
    #expect(configuration.credential == .tokenFile(folder.path + "/token"))
    #expect(configuration.authorities?.path == folder.path + "/ca.crt")
    #expect(!configuration.acceptsAnyCertificate)
  }

  @Test func notInACluster() throws {
    let inside = ["KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"]
    #expect(problem { try .inCluster(environment: [:], folder: folder.path) }.hasPrefix("not in a cluster"))
    var broken = inside
    broken["KUBERNETES_SERVICE_PORT"] = "tcp://1:443"
    #expect(problem { try .inCluster(environment: broken, folder: folder.path) }.hasPrefix("not in a cluster"))
    #expect(problem { try .inCluster(environment: inside, folder: folder.path) }.hasPrefix("cannot read ~/token: "))
    try folder.write("token", " \n")
    #expect(problem { try .inCluster(environment: inside, folder: folder.path) } == "cannot read ~/token: empty")
    try folder.write("token", "x")
    #expect(problem { try .inCluster(environment: inside, folder: folder.path) }.hasPrefix("cannot read ~/ca.crt: "))
  }

  // MARK: - Outside

  private static let clusters = """
    apiVersion: v1
    kind: Config
    current-context: one
    clusters:
    - name: c1
      cluster: {server: "https://one:6443/", certificate-authority-data: UEVNMQ==}
    - name: c2
      cluster: {server: "https://two/k8s/clusters/x", certificate-authority: certs/ca.pem}
    - name: c3
      cluster: {server: "http://three:8001", insecure-skip-tls-verify: true}
    contexts:
    - name: one
      context: {cluster: c1, user: token, namespace: apps}
    - name: two
      context: {cluster: c2, user: files}
    - name: three
      context: {cluster: c3, user: ""}
    - name: exec
      context: {cluster: c3, user: exec}
    - name: provider
      context: {cluster: c3, user: provider}
    - name: half
      context: {cluster: c3, user: half}
    - name: base
      context: {cluster: c3, user: base}
    - name: password
      context: {cluster: c3, user: password}
    - name: as
      context: {cluster: c3, user: as}
    - name: nobody
      context: {cluster: c3, user: missing}
    - name: nowhere
      context: {cluster: missing}
    - name: empty
    users:
    - name: token
      user: {token: t0k, tokenFile: ""}
    - name: files
      user: {tokenFile: tok, token: ignored, client-certificate: certs/cert.pem, client-key-data: S0VZ}
    - name: exec
      user: {exec: {command: aws, args: [eks, get-token]}}
    - name: provider
      user: {auth-provider: {name: gcp}}
    - name: half
      user: {client-certificate-data: S0VZ}
    - name: base
      user: {client-certificate-data: "!", client-key-data: S0VZ}
    - name: password
      user: {username: ann, password: "a b"}
    - name: as
      user: {token: x, as: root}
    """

  private func path(_ text: String = clusters) throws -> String {
    try folder.write("config", text)
    return folder.path + "/config"
  }

  @Test func contextsOfAFile() throws {
    try folder.write("certs.pem", "unused")
    let path = try path()
    let one = try ClusterConfiguration.kubeconfig(paths: [path])
    #expect(one.server == "https://one:6443")
    #expect(one.namespace == "apps")
    #expect(one.credential == .token("t0k"))
    #expect(one.identity == nil)
    guard case .memory(let file) = one.authorities else { throw ConfigurationProblem("not in memory") }
    #expect(try SmallFile.bytes(file.path) == Array("PEM1".utf8))
    #expect(try SmallFile.bytes(file.path) == Array("PEM1".utf8))

    let three = try ClusterConfiguration.kubeconfig(paths: [path], context: "three")
    #expect(three.server == "http://three:8001")
    #expect(three.namespace == "default")
    #expect(three.credential == .none)
    #expect(three.acceptsAnyCertificate)
    #expect(three.authorities == nil)
    #expect(
      try ClusterConfiguration.kubeconfig(paths: [path], context: "password").credential
        == .password(user: "ann", password: "a b"))
  }

  @Test func pathsStartAtTheFilesFolder() throws {
    let text = Self.clusters.replacing("certs/", with: "./")
    try folder.write("ca.pem", "CA")
    try folder.write("cert.pem", "CERT")
    let two = try ClusterConfiguration.kubeconfig(paths: [path(text)], context: "two")
    #expect(two.server == "https://two/k8s/clusters/x")
    #expect(two.authorities?.path == folder.path + "/./ca.pem")
    #expect(two.credential == .tokenFile(folder.path + "/tok"))
    #expect(two.identity?.certificate.path == folder.path + "/./cert.pem")
    #expect(try SmallFile.bytes(try #require(two.identity?.key.path)) == Array("KEY".utf8))
  }

  @Test(arguments: [
    (
      "exec",
      "~/config:41: user 'exec': exec: programs that make credentials are not run; make a token, for instance with: "
        + "kubectl create token"
    ),
    (
      "provider", "~/config:43: user 'provider': auth-provider: authentication providers are not supported; use a token"
    ),
    ("half", "~/config:45: user 'half': client-key: required beside client-certificate"),
    ("base", "~/config:47: user 'base': client-certificate-data: not Base64"),
    ("as", "~/config:51: user 'as': as: impersonation is not supported"),
    (
      "nobody",
      "~/config: no user 'missing'; there are token, files, exec, provider, half, base, password, as"
    ),
    ("nowhere", "~/config: no cluster 'missing'; there are c1, c2, c3"),
    ("empty", "~/config:34: context 'empty': cluster: required"),
    ("two", "~/config:8: cluster 'c2': certificate-authority: cannot read ~/certs/ca.pem"),
    (
      "unheard",
      "~/config: no context 'unheard'; there are one, two, three, exec, provider, half, base, password, as, nobody, "
        + "nowhere, empty"
    ),
  ]) func contextsThatCannotBeUsed(context: String, expected: String) throws {
    let path = try path()
    #expect(problem { try .kubeconfig(paths: [path], context: context) } == expected)
  }

  @Test(arguments: [
    ("", "~/config: no current-context; name a context"),
    ("- a", "~/config:1: expected a kubeconfig, got a list"),
    ("current-context: x", "~/config: no context 'x'; there are none"),
    ("a: [", nil),
    (
      """
      current-context: x
      contexts: [{name: x, context: {cluster: x}}]
      clusters: [{name: x, cluster: {server: "tcp://x"}}]
      """, "~/config:3: cluster 'x': server: 'tcp://x' is not an http or https URL"
    ),
    (
      """
      current-context: x
      contexts: [{name: x, context: {cluster: x}}]
      clusters: [{name: x, cluster: {server: "https://x", proxy-url: "http://y"}}]
      """, "~/config:3: cluster 'x': proxy-url: proxies are not supported"
    ),
    (
      """
      current-context: x
      contexts: [{name: x, context: {cluster: x}}]
      clusters: [{name: x, cluster: {server: ["https://x"]}}]
      """, "~/config:3: cluster 'x': server: expected a string, got a list"
    ),
  ]) func filesThatCannotBeUsed(text: String, expected: String?) throws {
    let path = try path(text)
    let found = problem { try .kubeconfig(paths: [path]) }
    if let expected { #expect(found == expected) } else { #expect(found.hasPrefix("~/config:1: ")) }
  }

  @Test func theFirstOfSeveralFilesCounts() throws {
    try folder.write("a", "clusters: [{name: c, cluster: {server: 'https://a'}}]\ncurrent-context: ''")
    try folder.write(
      "b",
      """
      current-context: x
      contexts: [{name: x, context: {cluster: c}}]
      clusters: [{name: c, cluster: {server: 'https://b'}}]
      """)
    let list = "\(folder.path)/a:\(folder.path)/missing:\(folder.path)/b"
    #expect(try ClusterConfiguration.find(environment: ["KUBECONFIG": list]).server == "https://a")
    let none = problem { try .find(environment: ["KUBECONFIG": "\(folder.path)/missing"]) }
    #expect(none == "KUBECONFIG names no readable file: ~/missing")
  }

  @Test func whereTheWayIsLookedFor() throws {
    _ = try path()
    let home = try TemporaryFolder()
    let inside = ["KUBERNETES_SERVICE_HOST": "h", "KUBERNETES_SERVICE_PORT": "1", "HOME": home.path]
    // In a cluster comes before the home folder, after KUBECONFIG, and a path of one's own before all.
    #expect(problem { try .find(environment: inside) }.contains(ClusterConfiguration.serviceAccountFolder))
    var both = inside
    both["KUBECONFIG"] = "\(folder.path)/config"
    #expect(try ClusterConfiguration.find(environment: both).server == "https://one:6443")
    #expect(
      try ClusterConfiguration.find(environment: inside, kubeconfig: "\(folder.path)/config", context: "three").server
        == "http://three:8001")
    #expect(problem { try .find(environment: ["HOME": home.path]) }.contains("no API server is known"))
  }

  // MARK: - Parts

  @Test(
    arguments: [
      ("", []), ("TQ==", [77]), ("TWE=", [77, 97]), ("TWFu", [77, 97, 110]), ("TW\n Fu", [77, 97, 110]),
      ("TQ", [77]), ("/+8=", [255, 239]), ("T", nil), ("TQ==x", nil), ("T-==", nil),
    ] as [(String, [UInt8]?)]) func base64(text: String, bytes: [UInt8]?)
  { #expect(Base64Text.decode(text) == bytes) }

  @Test func base64ThereAndBack() {
    var random = SplitMix64(seed: UInt64(5))
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(Base64Text.decode(Base64Text.encode(bytes)) == bytes)
    }
  }

  @Test func authorizationHeaders() throws {
    var none = Authorization(.none)
    #expect(none.value() == nil)
    var password = Authorization(.password(user: "Aladdin", password: "open sesame"))
    #expect(password.value() == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
    var file = Authorization(.tokenFile(folder.path + "/t"))
    #expect(file.value() == nil)
    try folder.write("t", "one\n")
    #expect(file.value() == "Bearer one")
    try folder.write("t", "two")
    #expect(file.value() == "Bearer two")
    // A file that is empty or gone leaves the last token in force.
    try folder.write("t", "")
    #expect(file.value() == "Bearer two")
    try folder.write("t", "three")
    file.reload()
    #expect(file.value() == "Bearer three")
  }

  @Test(
    arguments: [
      ("app=x", ["app": "x"]), ("app == x , b.c/d=1_2", ["app": "x", "b.c/d": "1_2"]), ("a=", ["a": ""]), ("", nil),
      ("a", nil), ("a!=b", nil), ("a in (b)", nil), ("a=b,", nil), ("=b", nil), ("a=b=c", nil),
    ] as [(String, [String: String]?)]) func selectors(text: String, labels: [String: String]?)
  {
    #expect((try? EndpointSelector.parse(text)) == labels)
  }
}
