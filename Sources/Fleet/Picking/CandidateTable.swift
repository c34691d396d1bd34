/// Which members of a pool may serve a model, remembered per model.
///
/// Candidates are the members that serve the model and those of which nobody knows; when that leaves none, all, so that
/// a server answers that it doesn't know the model. A lookup costs one hash of the name and one load per server.
struct CandidateTable: Sendable {
  /// Models remembered at most: clients choose the names.
  static let limit = 1_024

  private struct Source: Sendable {
    let models: any ModelSource
    var seen: UInt64
  }

  private var members: [(any ModelSource)?] = []
  /// Each source once.
  private var sources: [Source] = []
  /// Ascending indexes by model; empty stands for all members.
  private var lists: [String: [Int]] = [:]

  /// Models that are remembered.
  var count: Int { lists.count }

  /// Starts over with other members.
  mutating func setMembers(_ endpoints: [PickableEndpoint]) {
    members = endpoints.map(\.models)
    lists.removeAll(keepingCapacity: true)
    var known: Set<ObjectIdentifier> = []
    sources = members.compactMap { models in
      guard let models, known.insert(ObjectIdentifier(models)).inserted else { return nil }
      return Source(models: models, seen: models.modelsRevision)
    }
  }

  /// Indexes of the candidates for `model`, in ascending order; nil for all members.
  mutating func indexes(for model: String) -> [Int]? {
    if sources.isEmpty { return nil }
    forgetIfChanged()
    if let list = lists[model] { return list.isEmpty ? nil : list }
    // The revisions were read before: a change from here on is noticed at the next call.
    var list = members.indices.filter { members[$0]?.serves(model) ?? true }
    if list.count == members.count { list = [] }
    if lists.count >= Self.limit { lists.removeAll(keepingCapacity: true) }
    lists[model] = list
    return list.isEmpty ? nil : list
  }

  private mutating func forgetIfChanged() {
    var changed = false
    for index in sources.indices {
      let revision = sources[index].models.modelsRevision
      if revision != sources[index].seen {
        sources[index].seen = revision
        changed = true
      }
    }
    if changed { lists.removeAll(keepingCapacity: true) }
  }
}
