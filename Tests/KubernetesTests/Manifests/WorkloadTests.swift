import EndpointPicking
import Kubernetes
import Testing

@Suite("Pods, workloads, services")
struct WorkloadTests {
  static let deployment = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: qwen, labels: {team: x}}
    spec:
      replicas: 3
      selector: {matchLabels: {app: qwen}}
      template:
        metadata:
          labels: {app: qwen, version: "1"}
          annotations: {a: b}
        spec:
          containers:
          - name: vllm
            image: vllm/vllm-openai:latest
            command: [sh, -c]
            args:
            - >-
              vllm serve /models/q
              --served-model-name qwen
            env:
            - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: TOKEN, valueFrom: {secretKeyRef: {name: s, key: t}}}
            - {name: A, value: "1"}
            - name: EMPTY
            ports:
            - {containerPort: 8000, name: http}
            resources: {limits: {nvidia.com/gpu: 1}}
    """

  @Test("Deployment") func deploymentIsRead() throws {
    let container = Container(
      name: "vllm", image: "vllm/vllm-openai:latest", command: ["sh", "-c"],
      args: ["vllm serve /models/q --served-model-name qwen"],
      env: [
        .init("POD_NAME", .podField("metadata.name")), .init("TOKEN", .cluster("secretKeyRef")),
        .init("A", .value("1")), .init("EMPTY", .value("")),
      ], ports: [.init(8000, name: "http")])
    let expected = Workload(
      kind: .deployment, metadata: ObjectMetadata(name: "qwen", appearance: 0), labels: ["team": "x"], replicas: 3,
      template: PodTemplate(
        labels: ["app": "qwen", "version": "1"], annotations: ["a": "b"], containers: [container]))
    #expect(try object(Self.deployment) == .workload(expected))
    #expect(ContainerCommand(container)?.arguments == ["/models/q", "--served-model-name", "qwen"])
    guard case .workload(let one) = try object(Self.deployment.replacing("  replicas: 3\n", with: "")) else { return }
    #expect(one.replicas == 1)
    guard case .workload(let set) = try object(Self.deployment.replacing("Deployment", with: "StatefulSet")) else {
      return
    }
    #expect(set.kind == .statefulSet)
  }

  @Test(
    "What is refused",
    arguments: [
      ("replicas: 3", "replicas: -1", 5, "spec.replicas: -1 is not in 0 to 2147483647"),
      ("replicas: 3", "replicas: three", 5, "spec.replicas: expected an integer, got a string"),
      ("{app: qwen}}", "{app: other}}", 6, "spec.selector.matchLabels: the template's labels lack 'app: other'"),
      ("  selector: {matchLabels: {app: qwen}}\n", "", 5, "spec.selector: required"),
      ("apps/v1", "extensions/v1beta1", 1, "apiVersion: 'extensions/v1beta1' has no Deployment: apps/v1"),
      ("name: qwen,", "", 3, "metadata.name: required"),
      (
        "name: qwen,", "generateName: qwen-,", 3,
        "metadata.name: required: only a cluster can make one from generateName"
      ),
      (
        "name: qwen,", "name: Qwen_3,", 3, "metadata.name: 'Qwen_3' is not a name of small letters, digits, '-' and '.'"
      ),
      ("name: vllm", "image2: vllm", 13, "spec.template.spec.containers[0].name: required"),
      (
        "value: \"1\"", "value: 1", 23,
        "spec.template.spec.containers[0].env[2].value: expected a string, got an integer: put it in quotes, \"1\""
      ),
      ("[sh, -c]", "sh -c", 15, "spec.template.spec.containers[0].command: expected a list, got a string"),
      ("[sh, -c]", "[sh, ~]", 15, "spec.template.spec.containers[0].command[1]: expected a string, got nothing"),
      ("8000", "0", 26, "spec.template.spec.containers[0].ports[0].containerPort: 0 is not in 1 to 65535"),
    ] as [(String, String, Int, String)])
  func refused(old: String, new: String, line: Int, problem: String) {
    let edited = Self.deployment.replacing(old, with: new)
    #expect(edited != Self.deployment)
    let found = ManifestReader().read(edited, file: "f.yaml").errors
    #expect(found.map(\.line) == [line])
    #expect(found.map { "\($0.field): \($0.reason)" } == [problem])
  }

  static let pod = """
    apiVersion: v1
    kind: Pod
    metadata:
      name: sim-0
      labels: {app: sim}
      annotations: {inference.networking.k8s.io/active-ports: "8000, 8002"}
    spec:
      containers: [{name: c, image: i}]
    status:
      podIP: 10.0.0.7
      conditions:
      - {type: Initialized, status: "True"}
      - {type: Ready, status: "True"}
    """

  @Test("Pod") func podIsRead() throws {
    func read(_ old: String, _ new: String) throws -> Pod? {
      guard case .pod(let manifest) = try object(Self.pod.replacing(old, with: new)) else { return nil }
      return manifest.pod
    }
    let expected = Pod(
      metadata: ObjectMetadata(name: "sim-0", appearance: 0), labels: ["app": "sim"], ip: "10.0.0.7",
      activePorts: [8000, 8002])
    #expect(try read("", "") == expected)
    #expect(try read("{type: Ready, status: \"True\"}", "{type: Ready, status: \"False\"}")?.isReady == false)
    #expect(try read("  - {type: Ready, status: \"True\"}", "")?.isReady == true)
    #expect(
      try read("name: sim-0", "name: sim-0\n  deletionTimestamp: 2026-01-01T00:00:00.5+01:00")?.isTerminating == true)
    #expect(try read("podIP: 10.0.0.7", "podIP: ''")?.ip == nil)
    #expect(try read("10.0.0.7", "fd00::1")?.ip == "fd00::1")
    #expect(errors(Self.pod.replacing("10.0.0.7", with: "10.0.0")).count == 1)
    #expect(errors(Self.pod.replacing("8002", with: "http")).count == 1)
  }

  @Test("Service") func service() throws {
    let text = """
      apiVersion: v1
      kind: Service
      metadata: {name: s}
      spec:
        selector: {app: a}
        ports: [{port: 80}, {name: b, port: 81, targetPort: 8000}, {name: c, port: 82, targetPort: http}]
      """
    let expected = Service(
      metadata: ObjectMetadata(name: "s", appearance: 0), selector: ["app": "a"],
      ports: [
        Service.Port(80), .init(81, name: "b", target: .number(8000)), .init(82, name: "c", target: .name("http")),
      ])
    #expect(try object(text) == .service(expected))
    #expect(errors(text.replacing("port: 80", with: "port: 0")).count == 1)
  }

  @Test(
    "Times",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:00:00Z", 951_825_600), ("2026-07-04T10:00:00+02:00", 1_783_152_000),
      ("2024-12-31T23:59:59.999999Z", 1_735_689_599), ("1969-12-31T23:59:59Z", -1), ("2026-07-04", nil),
      ("2025-02-29T00:00:00Z", nil), ("2026-13-01T00:00:00Z", nil), ("2026-07-04T10:00:00", nil),
      ("2026-07-04T10:00:00.Z", nil), ("2026-07-04T10:00:00+2:00", nil), ("2026-07-04T24:00:00Z", nil),
    ] as [(String, Int64?)])
  func times(text: String, expected: Int64?) throws {
    let manifest = Self.pod.replacing("name: sim-0", with: "name: sim-0\n  creationTimestamp: \(text)")
    let file = ManifestReader().read(manifest, file: "f")
    #expect(file.objects.first?.resource.metadata?.creationTimestamp == expected)
    #expect(file.errors.isEmpty == (expected != nil))
  }
}
