import EndpointPicking
import Kubernetes
import Testing

@Suite("Inference resources")
struct InferenceResourceTests {
  @Test("InferencePool v1") func poolV1() throws {
    let text = """
      apiVersion: inference.networking.k8s.io/v1
      kind: InferencePool
      metadata:
        name: gaie-sim
        namespace: prod
        creationTimestamp: "2026-01-02T03:04:05Z"
        resourceVersion: "17"
      spec:
        selector:
          matchLabels: {app: sim}
        targetPorts:
        - number: 8000
        - number: 8001
        appProtocol: kubernetes.io/h2c
        endpointPickerRef:
          name: epp
          port: {number: 9002}
          failureMode: FailOpen
      """
    let expected = InferencePool(
      metadata: ObjectMetadata(
        name: "gaie-sim", namespace: "prod", creationTimestamp: 1_767_323_045, resourceVersion: "17", appearance: 0),
      matchLabels: ["app": "sim"], targetPorts: [8000, 8001], appProtocol: .h2c,
      endpointPicker: EndpointPickerReference(name: "epp", port: 9002, failureMode: .open))
    #expect(try object(text) == .inferencePool(expected))
  }

  @Test("InferencePool v1alpha2") func oldPool() throws {
    let text = """
      apiVersion: inference.networking.x-k8s.io/v1alpha2
      kind: InferencePool
      metadata: {name: qwen-pool, creationTimestamp: null}
      spec:
        targetPortNumber: 8000
        selector: {app: qwen}
        extensionRef: {name: qwen-ext-proc}
      """
    let expected = InferencePool(
      v1alpha2: ObjectMetadata(name: "qwen-pool", appearance: 0), selector: ["app": "qwen"], targetPortNumber: 8000,
      extensionRef: EndpointPickerReference(name: "qwen-ext-proc", port: 9002))
    #expect(try object(text) == .inferencePool(expected))
  }

  @Test(
    "InferenceModelRewrite of its groups",
    arguments: [
      ("inference.networking.x-k8s.io", 0), ("llm-d.ai", 0), ("inference.networking.k8s.io", 1),
    ])
  func rewriteGroups(group: String, warningCount: Int) throws {
    let text = """
      {"apiVersion": "\(group)/v1alpha2", "kind": "InferenceModelRewrite", "metadata": {"name": "r"},
       "spec": {"poolRef": {"name": "gaie-sim"}, "rules": [
         {"matches": [{"model": {"type": "Exact", "value": "opt-stable"}}, {"model": {"value": "opt"}}],
          "targets": [{"modelRewrite": "facebook/opt-125m", "weight": 90}, {"modelRewrite": "canary", "weight": 10}]},
         {"matches": [], "targets": [{"modelRewrite": "base"}]}]}}
      """
    let expected = InferenceModelRewrite(
      metadata: ObjectMetadata(name: "r", appearance: 0), poolRef: PoolReference(name: "gaie-sim"),
      rules: [
        .init(
          models: ["opt-stable", "opt"],
          targets: [.init("facebook/opt-125m", weight: 90), .init("canary", weight: 10)]),
        .init(targets: [.init("base")]),
      ])
    #expect(try object(text) == .inferenceModelRewrite(expected))
    #expect(warnings(text).count == warningCount)
  }

  @Test("InferenceModel and InferenceObjective") func modelAndObjective() throws {
    let model = """
      apiVersion: inference.networking.x-k8s.io/v1alpha2
      kind: InferenceModel
      metadata: {name: travel}
      spec:
        modelName: travel-helper
        criticality: Critical
        poolRef: {group: inference.networking.x-k8s.io, kind: InferencePool, name: qwen-pool}
        targetModels:
        - {name: travel-helper-v1, weight: 90}
        - {name: travel-helper-v2, weight: 10}
      """
    let expected = InferenceModel(
      metadata: ObjectMetadata(name: "travel", appearance: 0),
      poolRef: PoolReference(name: "qwen-pool", group: APIGroup.experimental), modelName: "travel-helper",
      criticality: .critical,
      targetModels: [.init("travel-helper-v1", weight: 90), .init("travel-helper-v2", weight: 10)])
    #expect(try object(model) == .inferenceModel(expected))
    let objective = """
      apiVersion: inference.networking.x-k8s.io/v1alpha2
      kind: InferenceObjective
      metadata: {name: low}
      spec: {priority: -5, poolRef: {name: p}}
      """
    #expect(
      try object(objective)
        == .inferenceObjective(
          InferenceObjective(
            metadata: ObjectMetadata(name: "low", appearance: 0), poolRef: PoolReference(name: "p"), priority: -5)))
    let unset = objective.replacing("priority: -5, ", with: "")
    guard case .inferenceObjective(let object) = try object(unset) else { return }
    #expect(object.priority == 0)
  }

  static let pool = """
    apiVersion: inference.networking.k8s.io/v1
    kind: InferencePool
    metadata: {name: p}
    spec:
      selector: {matchLabels: {app: a}}
      targetPorts: [{number: 8000}]
      endpointPickerRef: {name: epp, port: {number: 9002}}
    """
  static let rewrite = """
    apiVersion: llm-d.ai/v1alpha2
    kind: InferenceModelRewrite
    metadata: {name: r}
    spec:
      poolRef: {name: p}
      rules:
      - matches: [{model: {type: Exact, value: m}}]
        targets: [{modelRewrite: a, weight: 1}]
    """
  static let model = """
    apiVersion: inference.networking.x-k8s.io/v1alpha2
    kind: InferenceModel
    metadata: {name: m}
    spec:
      modelName: m
      criticality: Standard
      poolRef: {name: p}
      targetModels: [{name: a, weight: 1}, {name: b, weight: 1}]
    """

  @Test(
    "What is refused",
    arguments: [
      (pool, "[{number: 8000}]", "[]", 6, "spec.targetPorts: 1 to 8 ports are required"),
      (pool, "[{number: 8000}]", "[{number: 1}, {number: 1}]", 6, "spec.targetPorts[1].number: port 1 is given twice"),
      (pool, "8000", "65536", 6, "spec.targetPorts[0].number: 65536 is not in 1 to 65535"),
      (pool, "8000", "0", 6, "spec.targetPorts[0].number: 0 is not in 1 to 65535"),
      (pool, "8000", "\"8000\"", 6, "spec.targetPorts[0].number: expected an integer, got a string"),
      (pool, "{number: 8000}", "{}", 6, "spec.targetPorts[0].number: required"),
      (pool, "{matchLabels: {app: a}}", "{}", 5, "spec.selector.matchLabels: required"),
      (
        pool, "{app: a}", "{app: 5}", 5,
        "spec.selector.matchLabels.app: expected a string, got an integer: put it in quotes, \"5\""
      ),
      (
        pool, "{app: a}", "{app: yes}", 5,
        "spec.selector.matchLabels.app: expected a string, got a boolean: put it in quotes, \"yes\""
      ),
      (pool, "{app: a}", "[a]", 5, "spec.selector.matchLabels: expected a mapping, got a list"),
      (pool, ", port: {number: 9002}", "", 7, "spec.endpointPickerRef.port: required for a Service"),
      (
        pool, "name: epp", "failureMode: Maybe, name: epp", 7,
        "spec.endpointPickerRef.failureMode: 'Maybe' is not one of FailOpen, FailClose"
      ),
      (
        pool, "networking.k8s.io/v1", "networking.k8s.io/v2", 1,
        "apiVersion: 'inference.networking.k8s.io/v2' has no InferencePool: "
          + "inference.networking.k8s.io/v1, inference.networking.x-k8s.io/v1alpha2"
      ),
      (rewrite, "{name: p}", "{}", 5, "spec.poolRef.name: required"),
      (rewrite, "weight: 1", "weight: 0", 8, "spec.rules[0].targets[0].weight: 0 is not in 1 to 1000000"),
      (rewrite, "weight: 1", "weight: -1", 8, "spec.rules[0].targets[0].weight: -1 is not in 1 to 1000000"),
      (rewrite, "weight: 1", "weight: 1000001", 8, "spec.rules[0].targets[0].weight: 1000001 is not in 1 to 1000000"),
      (rewrite, "weight: 1", "weight: 0.5", 8, "spec.rules[0].targets[0].weight: expected an integer, got a number"),
      (rewrite, "[{modelRewrite: a, weight: 1}]", "[]", 8, "spec.rules[0].targets: at least one target is required"),
      (rewrite, "modelRewrite: a, ", "", 8, "spec.rules[0].targets[0].modelRewrite: required"),
      (rewrite, "modelRewrite: a", "modelRewrite: ''", 8, "spec.rules[0].targets[0].modelRewrite: may not be empty"),
      (rewrite, "Exact", "Prefix", 7, "spec.rules[0].matches[0].model.type: 'Prefix' is not Exact"),
      (rewrite, "{model: {type: Exact, value: m}}", "{}", 7, "spec.rules[0].matches[0].model: required"),
      (rewrite, "{name: p}", "{name: p, kind: Service}", 5, "spec.poolRef.kind: 'Service' is not InferencePool"),
      (
        rewrite, "{name: p}", "{name: p, group: x.io}", 5,
        "spec.poolRef.group: 'x.io' has no InferencePools: inference.networking.k8s.io or inference.networking.x-k8s.io"
      ),
      (model, "Standard", "standard", 6, "spec.criticality: 'standard' is not one of Critical, Standard, Sheddable"),
      (model, "{name: b, weight: 1}", "{name: b}", 8, "spec.targetModels: either all targets have weights or none"),
      (
        model, "modelName: m", "modelName: 7", 5,
        "spec.modelName: expected a string, got an integer: put it in quotes, \"7\""
      ),
    ] as [(String, String, String, Int, String)])
  func refused(text: String, old: String, new: String, line: Int, problem: String) throws {
    let edited = text.replacing(old, with: new)
    #expect(edited != text)
    let found = ManifestReader().read(edited, file: "f.yaml")
    #expect(found.objects.isEmpty)
    let error = try #require(found.errors.first)
    #expect(error.line == line)
    #expect("\(error.field): \(error.reason)" == problem)
    #expect(error.object?.contains(" default/") == true)
    #expect(error.description == "f.yaml:\(line): \(error.object ?? ""): \(problem)")
  }

  @Test("What is doubtful") func doubtful() {
    #expect(warnings(Self.rewrite).isEmpty)
    #expect(
      warnings(Self.rewrite.replacing("weight: 1", with: "wieght: 1"))
        == ["f.yaml:8: InferenceModelRewrite default/r: spec.rules[0].targets[0].wieght: unknown field, ignored"])
    #expect(
      warnings(Self.rewrite.replacing("weight: 1}", with: "weight: 1}, {modelRewrite: b}")).count == 1)
  }
}
