internal import EndpointPicking

/// Reads one endpoint's pages, one after the other.
struct PageReader {
  private(set) var plan: MetricsPlan
  private var lines = MetricsLineReader()
  /// By mapping of the plan.
  private var loads: [PageLoad]

  /// A reader for what `plan` looks for.
  init(_ plan: MetricsPlan) {
    self.plan = plan
    loads = plan.mappings.map { _ in PageLoad() }
  }

  /// Begins a page.
  mutating func begin() {
    lines.reset()
    for index in loads.indices { loads[index].reset() }
  }

  /// Takes the next piece.
  mutating func read(_ piece: Span<UInt8>) {
    let plan = plan
    var loads: [PageLoad] = []
    swap(&loads, &self.loads)
    lines.read(piece, wanted: plan.names) { Self.take($1, of: $0, plan, &loads) }
    swap(&loads, &self.loads)
  }

  /// Ends the page: what the first engine that it has something of says, and which that is; nil when it has nothing.
  mutating func end() -> (mapping: MetricsMapping, load: PageLoad)? {
    let plan = plan
    var loads: [PageLoad] = []
    swap(&loads, &self.loads)
    lines.finish(wanted: plan.names) { Self.take($1, of: $0, plan, &loads) }
    swap(&loads, &self.loads)
    return self.loads.firstIndex { !$0.isEmpty }.map { (plan.mappings[$0], self.loads[$0]) }
  }

  private static func take(_ line: Span<UInt8>, of name: Int, _ plan: MetricsPlan, _ loads: inout [PageLoad]) {
    let length = plan.names.length(of: name)
    for use in plan.uses[name] { loads[use.mapping].take(line, nameLength: length, use, plan) }
  }
}
