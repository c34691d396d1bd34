internal import EndpointPicking
internal import Kubernetes

/// A pod that runs, as far as tables show it.
struct PodStatus: Hashable, Sendable {
  /// Namespace and name.
  var name: NamespacedName
  /// The Deployment or StatefulSet that it belongs to; nil for a pod of its own.
  var workload: Workload.Kind?
  /// That one's name, in the pod's namespace.
  var workloadName: String?
  /// It takes requests.
  var isReady: Bool
  /// It finishes what it has, and then it is gone.
  var isTerminating: Bool
  /// When it was created, in seconds since 1970.
  var created: Int64

  /// A pod of the workload `workloadName`.
  init(
    name: NamespacedName, workload: Workload.Kind? = nil, workloadName: String? = nil, isReady: Bool,
    isTerminating: Bool = false, created: Int64
  ) {
    self.name = name
    self.workload = workload
    self.workloadName = workloadName
    self.isReady = isReady
    self.isTerminating = isTerminating
    self.created = created
  }
}

/// What `get` shows.
enum TableResult: Hashable, Sendable {
  /// kubectl's table, with a line end after each line.
  case table(String)
  /// There is nothing of the kind; kubectl's line for standard error, exit code 0.
  case empty(String)
  /// There is no such object, or no such kind; kubectl's line for standard error, exit code 1.
  case failed(String)
}

extension ClusterStore {
  /// The live objects of a kind, or one of them, as `kubectl get` prints them, by namespace and name.
  ///
  /// `kind` is what kubectl takes, see ``ResourceArgument``. nil for `namespace` means all of them. `pods` are those that
  /// run: they say what is ready, and stand in the table of pods beside those of manifests and file-discovery files.
  func table(
    kind: String, name: String?, namespace: String?, pods: [PodStatus] = [], at seconds: Int64
  ) -> TableResult {
    guard let argument = ResourceArgument(kind) else { return .failed(Self.unknownKind(kind)) }
    if name != nil, namespace == nil {
      return .failed("error: a resource cannot be retrieved by name across all namespaces")
    }
    let isShown = { (object: NamespacedName) in
      (name ?? object.name) == object.name && (namespace ?? object.namespace) == object.namespace
    }
    let objects = live.values.filter { isShown($0.key.name) }
    let rows = rows(argument, objects, pods: pods, at: seconds).filter { isShown($0.name) }
    guard !rows.isEmpty else {
      if let name { return .failed(Self.notFound(argument, name)) }
      return .empty(namespace.map { "No resources found in \($0) namespace." } ?? "No resources found")
    }
    return .table(Self.render(headings(argument.type), rows, withNamespace: namespace == nil))
  }

  private struct Row {
    let name: NamespacedName
    /// What follows the name.
    let cells: [String]
  }

  private func headings(_ type: ResourceType) -> [String] {
    switch type.kind {
    case "Pod": ["READY", "STATUS", "RESTARTS", "AGE"]
    case "Deployment": ["READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    case "StatefulSet": ["READY", "AGE"]
    default: ["AGE"]
    }
  }

  private func rows(
    _ argument: ResourceArgument, _ objects: [LiveObject], pods: [PodStatus], at seconds: Int64
  ) -> [Row] {
    if argument.type.kind == "Pod" { return podRows(objects, pods, at: seconds) }
    let shown = objects.filter {
      $0.key.kind == argument.type.kind && (argument.group ?? $0.source.group) == $0.source.group
    }
    return shown.map { object in
      let age = AgeText.text(seconds - object.birth.created)
      guard case .workload(let workload) = object.object.resource else {
        return Row(name: object.key.name, cells: [age])
      }
      let own = pods.filter {
        $0.workload == workload.kind && $0.workloadName == workload.metadata.name.name
          && $0.name.namespace == workload.metadata.name.namespace && !$0.isTerminating
      }
      let ready = own.count(where: \.isReady)
      let share = "\(ready)/\(workload.replicas)"
      return Row(
        name: object.key.name,
        cells: workload.kind == .statefulSet ? [share, age] : [share, String(own.count), String(ready), age])
    }
  }

  /// Pods that run, and those that manifests and file-discovery files declare.
  private func podRows(_ objects: [LiveObject], _ pods: [PodStatus], at seconds: Int64) -> [Row] {
    var rows: [NamespacedName: Row] = [:]
    func add(_ name: NamespacedName, _ ready: Int, of count: Int, _ status: String, _ created: Int64) {
      let cells = ["\(ready)/\(count)", status, "0", AgeText.text(seconds - created)]
      rows[name] = Row(name: name, cells: cells)
    }
    for object in objects {
      switch object.object.resource {
      case .pod(let manifest):
        let pod = manifest.pod
        let count = manifest.template.containers.count
        let isElsewhere = pod.ip != nil
        add(
          object.key.name, isElsewhere && pod.isReady ? count : 0, of: count,
          pod.isTerminating ? "Terminating" : isElsewhere ? "Running" : "Pending", object.birth.created)
      case .endpoint: add(object.key.name, 1, of: 1, "Running", object.birth.created)
      default: continue
      }
    }
    for pod in pods {
      add(pod.name, pod.isReady ? 1 : 0, of: 1, pod.isTerminating ? "Terminating" : "Running", pod.created)
    }
    return Array(rows.values)
  }

  private static func render(_ headings: [String], _ rows: [Row], withNamespace: Bool) -> String {
    var lines = [(withNamespace ? ["NAMESPACE"] : []) + ["NAME"] + headings]
    // A stable order for the two pools of one name.
    for row in rows.sorted(by: { ($0.name, $0.cells.last ?? "") < ($1.name, $1.cells.last ?? "") }) {
      lines.append((withNamespace ? [row.name.namespace] : []) + [row.name.name] + row.cells)
    }
    return TableText.text(lines)
  }
}

/// Columns of text as kubectl aligns them.
enum TableText {
  /// Each column as wide as its widest cell and three spaces more, the last without spaces; a line end after each line.
  static func text(_ lines: [[String]]) -> String {
    var widths: [Int] = []
    for line in lines {
      for (column, cell) in line.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.utf8.count)
      }
    }
    var text = ""
    for line in lines {
      for (column, cell) in line.enumerated() {
        text += cell
        let isLast = column == line.count - 1
        if !isLast { text += String(repeating: " ", count: widths[column] + 3 - cell.utf8.count) }
      }
      text += "\n"
    }
    return text
  }
}
