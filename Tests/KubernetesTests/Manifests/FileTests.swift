import EndpointPicking
import Kubernetes
import Testing
import YAML

@Suite("Files")
struct FileTests {
  static func service(_ name: String, namespace: String = "default") -> String {
    "{apiVersion: v1, kind: Service, metadata: {name: \(name), namespace: \(namespace)}, spec: {}}"
  }

  @Test("Streams and lists are flattened, with lines and order") func flattened() {
    let text = """
      ---
      \(Self.service("a"))
      ---
      ---
      apiVersion: v1
      kind: List
      items:
      - \(Self.service("b"))
      - apiVersion: v1
        kind: ServiceList
        items:
        - metadata: {name: c}
          spec: {}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: m}
      """
    let file = ManifestReader().read(text, file: "f.yaml")
    #expect(file.errors.isEmpty, "\(file.errors)")
    #expect(file.objects.map(\.position.line) == [2, 8, 12, 15])
    #expect(file.objects.map(\.position.index) == [0, 1, 2, 3])
    #expect(file.objects.map(\.title) == ["Service default/a", "Service default/b", "Service default/c", "ConfigMap"])
    #expect(file.objects.compactMap(\.resource.metadata?.appearance) == [0, 1, 2])
    #expect(file.objects.last?.resource == .skipped(kind: "ConfigMap", apiVersion: "v1", name: "m", line: 15))
  }

  @Test(
    "Objects of other products with the same kinds are skipped",
    arguments: [
      ("networking.istio.io/v1", "Gateway"), ("serving.knative.dev/v1", "Service"),
    ])
  func foreign(apiVersion: String, kind: String) throws {
    let resource = try object("{apiVersion: \(apiVersion), kind: \(kind), metadata: {name: x}}")
    #expect(resource == .skipped(kind: kind, apiVersion: apiVersion, name: "x", line: 1))
  }

  @Test(
    "What is no object",
    arguments: [
      ("metadata: {name: x}\n", "f.yaml:1: kind: required"),
      ("kind: Pod\n", "f.yaml:1: apiVersion: required"),
      ("- a\n", "f.yaml:1: expected a mapping, got a list"),
      ("# c\nhello\n", "f.yaml:2: expected a mapping, got a string"),
      ("a: [\n", "f.yaml:1: did not find expected node content while parsing a flow node"),
      ("kind: List\napiVersion: v1\nitems: [~]\n", "f.yaml:3: List: items[0]: expected an object, got nothing"),
      ("models: [{model: m}]\n", "f.yaml:1: a list of models, not a manifest"),
      ("{kind: Pod, apiVersion: v1}", "f.yaml:1: Pod: metadata: required"),
    ])
  func noObject(text: String, expected: String) {
    #expect(errors(text) == [expected])
  }

  @Test("Each broken object has its error, the others are read") func several() {
    let text = "kind: Pod\n---\n\(Self.service("a"))\n---\n\(Self.service("B"))\n---\n\(Self.service("a"))\n"
    let file = ManifestReader().read(text, file: "f.yaml")
    #expect(file.objects.map(\.title) == ["Service default/a"])
    #expect(file.errors.map(\.line) == [1, 5, 7])
    #expect(
      file.errors.last?.description == "f.yaml:7: Service default/a: metadata.name: the same object is at f.yaml:3")
  }

  @Test("Files together: by name, twice in none") func collection() {
    let reader = ManifestReader()
    let b = reader.read(Self.service("x") + "\n---\n" + Self.service("z"), file: "b.yaml")
    let a = reader.read(Self.service("x", namespace: "ns") + "\n---\n" + Self.service("z"), file: "a.yaml")
    let all = ManifestCollection([b, a])
    #expect(all.objects.map(\.title) == ["Service ns/x", "Service default/z", "Service default/x"])
    #expect(all.objects.compactMap(\.resource.metadata?.appearance) == [0, 1, 2])
    #expect(
      all.errors.map(\.description)
        == ["b.yaml:3: Service default/z: metadata.name: the same object is at a.yaml:3"])
  }

  @Test("Pools of the two groups may share a name") func twoGroups() {
    let text = """
      {apiVersion: inference.networking.k8s.io/v1, kind: InferencePool, metadata: {name: p},
       spec: {selector: {matchLabels: {a: b}}, targetPorts: [{number: 1}]}}
      ---
      {apiVersion: inference.networking.x-k8s.io/v1alpha2, kind: InferencePool, metadata: {name: p},
       spec: {selector: {a: b}, targetPortNumber: 1}}
      """
    #expect(errors(text).isEmpty)
  }

  @Test("File discovery") func fileDiscovery() {
    let text = """
      endpoints:
      - name: a
        address: 10.0.0.1
        port: "8000"
        labels: {app: x}
      - {name: b, namespace: ns, address: 10.0.0.2, port: 8001}
      """
    let file = ManifestReader().read(text, file: "e.yaml")
    #expect(
      file.objects.map(\.resource) == [
        .endpoint(FileEndpoint(name: "a", address: "10.0.0.1", port: 8000, labels: ["app": "x"])),
        .endpoint(FileEndpoint(name: "b", namespace: "ns", address: "10.0.0.2", port: 8001)),
      ])
    #expect(file.objects.map(\.position.line) == [2, 6])
    for (old, new) in [
      ("10.0.0.1", "localhost"), ("10.0.0.1", "::1"), ("\"8000\"", "\"0\""), ("\"8000\"", "http"),
      ("name: a", "name: ''"),
      ("name: b, namespace: ns", "name: a"),
    ] {
      #expect(ManifestReader().read(text.replacing(old, with: new), file: "e.yaml").errors.count == 1, "\(new)")
    }
    let long = text + "#" + String(repeating: "x", count: 1 << 20)
    #expect(ManifestReader().read(long, file: "e.yaml").errors.count == 1)
  }

  @Test("Formats are told apart") func formats() throws {
    for (text, format) in [
      ("kind: Pod", SourceFormat.manifests), ("endpoints: []", .fileDiscovery), ("models: []", .models),
      ("", .manifests),
      ("{kind: X, models: []}", .manifests),
    ] {
      #expect(SourceFormat(of: try YAMLNode.documents(in: text)) == format)
    }
  }
}
