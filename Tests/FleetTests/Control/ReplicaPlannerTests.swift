import EndpointPicking
import Kubernetes
import Testing

@testable import Fleet

@Suite struct ReplicaPlannerTests {
  @Test func everyReplicaOfAWorkloadIsAPod() {
    let plan = ReplicaPlanner(objects(deployment("sim", model: "m", replicas: 3, port: 9001)))
    #expect(plan.replicas.map(\.name.name) == ["sim-0", "sim-1", "sim-2"])
    #expect(plan.replicas.allSatisfy { $0.port == 9001 && $0.labels == ["app": "sim"] && $0.owner?.name == "sim" })
    #expect(plan.problems.isEmpty)
  }

  @Test func podFieldsReachTheCommand() {
    let text = """
      apiVersion: v1
      kind: Pod
      metadata: {name: one, namespace: ns}
      spec:
        containers:
        - name: vllm
          image: vllm/vllm-openai
          command: [sh, -c, "vllm serve $(POD_NAME)-model --port 8100"]
          env: [{name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
      """
    let plan = ReplicaPlanner(objects(text))
    #expect(plan.replicas.map(\.name) == [NamespacedName(namespace: "ns", name: "one")])
    #expect(plan.replicas.first?.command.arguments == ["one-model", "--port", "8100"])
    #expect(plan.replicas.first?.port == 8100)
  }

  @Test func podsWithAnAddressAndFileEndpointsRunElsewhere() {
    let pod = """
      apiVersion: v1
      kind: Pod
      metadata: {name: away, labels: {app: x}}
      spec: {containers: [{name: c, image: vllm/vllm-openai, args: [--model, m]}]}
      status: {podIP: 10.1.2.3}
      """
    let plan = ReplicaPlanner(objects(pod))
    #expect(plan.replicas.isEmpty)
    #expect(plan.remotePods.map(\.ip) == ["10.1.2.3"])
    let file = ReplicaPlanner(objects("endpoints: [{name: a, address: 127.0.0.9, port: \"9000\", labels: {app: x}}]"))
    #expect(file.remotePods.map(\.ip) == ["127.0.0.9"])
    #expect(file.remotePods.map(\.labels) == [["app": "x"]])
  }

  @Test func containersThatAreNoModelServersAskForNothing() {
    let text = """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec: {containers: [{name: c, image: nginx, args: [-g, daemon off;]}]}
      """
    #expect(ReplicaPlanner(objects(text)).replicas.isEmpty)
  }

  @Test func tooManyReplicasAreAProblemThatNamesTheLimit() throws {
    let plan = ReplicaPlanner(
      objects(deployment("a", model: "m", replicas: 3) + deployment("b", model: "m", replicas: 2_000_000_000)))
    #expect(plan.replicas.count == 3)
    let problem = try #require(plan.problems.first)
    #expect(problem.contains("Deployment default/b"))
    #expect(problem.contains("\(ReplicaPlanner.maxReplicas)"))
  }

  @Test func withoutSimulationOnlyWhatRunsElsewhereCounts() {
    #expect(ReplicaPlanner(objects(deployment("a", model: "m")), simulates: false).replicas.isEmpty)
  }
}
