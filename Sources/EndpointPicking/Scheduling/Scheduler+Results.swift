extension Scheduler {
  /// The decision that a profile handler came to, with sessions and what is to be learned from it.
  func finish(_ conclusion: ProfileConclusion, _ runs: ProfileRuns, _ context: PickContext) -> Pick {
    let snapshot = context.snapshot
    let primary = conclusion.targets[0]
    let prefill = conclusion.prefill.map { target($0, snapshot) }
    let settings = configuration.prefixCache ?? PrefixCacheSettings()
    let lesson = PickLesson(
      hashes: context.prefix.hashes,
      anyMatch: context.prefix.anyMatch,
      matchedBlocks: context.matchedBlocks(primary),
      handle: snapshot.handles[primary],
      prefillHandle: prefill.map { snapshot.handles[$0.index] },
      capacity: settings.capacity(measured: snapshot.endpoints[primary].metrics.blocks),
      prefillCapacity: prefill.map { settings.capacity(measured: snapshot.endpoints[$0.index].metrics.blocks) } ?? 0,
      tokens: InFlightLoad.estimatedTokens(bytes: context.request.bodyBytes))
    var pick = Pick(
      profile: configuration.profiles[conclusion.profile].name,
      targets: conclusion.targets.map { target($0, snapshot, primaryPort: conclusion.primaryPort) },
      prefill: prefill,
      encoders: conclusion.encoders.map { target($0, snapshot) },
      removedRequestHeaders: conclusion.ownedHeaders,
      lesson: lesson)
    if let prefill {
      pick.requestHeaders.append(HeaderField(name: RoutingHeader.prefiller, value: prefill.authority))
    }
    if !pick.encoders.isEmpty {
      let hosts = pick.encoders.map(\.authority).joined(separator: ",")
      pick.requestHeaders.append(HeaderField(name: RoutingHeader.encoders, value: hosts))
    }
    if conclusion.primaryPort != nil {
      let rank = snapshot.endpoints[primary].authority
      pick.requestHeaders.append(HeaderField(name: RoutingHeader.dataParallel, value: rank))
    }
    for (table, affinity) in configuration.sessionAffinities.enumerated() {
      bind(affinity, table: table, primary: primary, runs, context, into: &pick)
    }
    return pick
  }

  private func target(_ index: Int, _ snapshot: Snapshot, primaryPort: Int? = nil) -> PickTarget {
    var endpoint = snapshot.endpoints[index]
    if let primaryPort { endpoint.port = primaryPort }
    return PickTarget(index: index, id: endpoint.id, authority: endpoint.authority)
  }

  private func bind(
    _ affinity: SessionAffinity, table: Int, primary: Int, _ runs: ProfileRuns, _ context: PickContext,
    into pick: inout Pick
  ) {
    var index = primary
    if let name = affinity.profileName {
      guard let profile = configuration.profiles.firstIndex(where: { $0.name == name }),
        let chosen = runs.chosen(profile)?.first
      else { return }
      index = chosen
    }
    switch affinity.strategy {
    case .endpointHeader(let header):
      let token = SessionAffinity.token(of: context.snapshot.endpoints[index].id)
      pick.responseHeaders.append(HeaderField(name: header, value: token))
    case .sessionID:
      guard let session = affinity.sessionID(of: context.request) else { return }
      pick.lesson.sessions.append(
        SessionBinding(table: table, session: session, handle: context.snapshot.handles[index]))
    }
  }
}

/// Headers by which a picker tells a pod's sidecar where to go on (llm-d, disaggregated serving).
enum RoutingHeader {
  static let prefiller = "x-prefiller-host-port"
  static let encoders = "x-encoder-hosts-ports"
  static let dataParallel = "x-data-parallel-host-port"
}
