/// What the pods of a workload look like.
public struct PodTemplate: Hashable, Sendable {
  /// What selectors look at.
  public var labels: [String: String]
  /// Notes for tools, such as the live ports.
  public var annotations: [String: String]
  /// In order; init containers are not among them.
  public var containers: [Container]

  /// Pods with `containers`.
  public init(labels: [String: String] = [:], annotations: [String: String] = [:], containers: [Container]) {
    self.labels = labels
    self.annotations = annotations
    self.containers = containers
  }

  /// From an object that has `metadata` and `spec` as pods have them.
  init(_ field: Field) throws(FieldError) {
    let metadata = try field("metadata")
    self.init(
      labels: try metadata("labels").strings(), annotations: try metadata("annotations").strings(), containers: [])
    let list = try field("spec").required()("containers").required()
    var names: Set<String> = []
    for item in try list.items() {
      let container = try Container(item)
      guard names.insert(container.name).inserted else {
        throw try item("name").error("a second container '\(container.name)'")
      }
      containers.append(container)
    }
    guard !containers.isEmpty else { throw list.error("at least one container is required") }
  }
}
