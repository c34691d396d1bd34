internal import EndpointPicking
internal import JSON

extension LiveDocument {
  /// The document as one JSON object.
  var json: [UInt8] {
    var text = JSONBuilder()
    text.object { text in
      text.add("start", "\(start)")
      text.add("now", Int(now))
      text.add("may_change", mayChange)
      text.add("has_token", hasToken)
      text.array("pools") { text in
        for pool in pools.prefix(Self.replicaLimit) {
          text.object { text in
            text.add("name", shown: pool.name)
            text.add("saturation", rounded: pool.saturation)
          }
        }
      }
      text.add("replica_count", replicas.count)
      text.array("replicas") { text in
        for replica in replicas.prefix(Self.replicaLimit) { text.object { text in replica.write(to: &text) } }
      }
      text.array("samples") { text in for sample in samples { text.array { text in sample.write(to: &text) } } }
      text.array("splits") { text in for split in splits { text.object { text in split.write(to: &text) } } }
      write(picks, to: &text)
    }
    return text.bytes
  }

  private func write(_ picks: [PickExplanation], to text: inout JSONBuilder) {
    var chosen: [String: Int] = [:]
    for pick in picks { chosen[pick.chosen ?? "", default: 0] += 1 }
    // The busiest first, equal ones in the order of their names.
    let counts = chosen.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.pickLimits.picks)
    text.array("picked") { text in
      for (name, count) in counts {
        text.array { text in
          text.add(shown: name)
          text.add(nil, count)
        }
      }
    }
    text.array("picks") { text in
      for pick in picks.prefix(Self.pickLimits.picks) { text.object { text in pick.write(to: &text) } }
    }
  }
}

extension LiveDocument.Replica {
  fileprivate func write(to text: inout JSONBuilder) {
    text.add("name", shown: name)
    if let pool { text.add("pool", shown: pool) }
    text.array("models") { text in for name in models.prefix(LiveDocument.adapterLimit) { text.add(shown: name) } }
    text.add("ready", isReady)
    text.add("remote", isRemote)
    text.add("running", load.running)
    text.add("waiting", load.waiting)
    text.add("kv", rounded: load.kvUsage)
    if let slots { text.add("slots", slots) }
    text.array("adapters") { text in
      for name in adapters.prefix(LiveDocument.adapterLimit) { text.add(shown: name) }
    }
    text.array("active") { text in
      for name in load.activeAdapters.sorted().prefix(LiveDocument.adapterLimit) { text.add(shown: name) }
    }
    text.array("queued") { text in
      for name in load.waitingAdapters.sorted().prefix(LiveDocument.adapterLimit) { text.add(shown: name) }
    }
    if let track {
      text.add("rate", rounded: track.requests)
      text.add("errors", rounded: track.errors)
      text.add("ttft", rounded: track.timeToFirstToken)
      text.add("itl", rounded: track.interTokenLatency)
    }
    guard let behavior else { return }
    text.object("behavior") { text in
      text.add("ttft", rounded: behavior.timeToFirstToken)
      text.add("itl", rounded: behavior.interTokenLatency)
      text.add("failures", behavior.failureRate)
      text.add("changed", behavior.isChanged)
    }
  }
}

extension LiveSample {
  fileprivate func write(to text: inout JSONBuilder) {
    text.add(nil, Int(clamping: number))
    text.add(nil, Int(unixMilliseconds))
    for value in [
      requests, errors, tokens, timeToFirstToken, timeToFirstToken95, interTokenLatency, interTokenLatency95,
      Double(running), Double(waiting),
    ] { text.add(rounded: value) }
  }
}

extension SplitTrack {
  fileprivate func write(to text: inout JSONBuilder) {
    switch split.chooser {
    case .rewrite(let name, let models):
      text.add("kind", "rewrite")
      text.add("name", shown: name)
      text.array("models") { text in for model in models.prefix(LiveSplit.limits.targets) { text.add(shown: model) } }
    case .route(let id):
      text.add("kind", "route")
      text.add("name", shown: id.name.map { "\(id.route.name)/\($0)" } ?? id.route.name)
      text.array("models") { _ in }
    }
    text.array("targets") { text in
      for (target, count) in zip(split.targets, counts) {
        text.object { text in
          text.add("name", shown: target.name)
          text.add("wanted", rounded: split.wanted(target))
          text.add("count", Int(clamping: count))
        }
      }
    }
  }
}

extension PickExplanation {
  fileprivate func write(to text: inout JSONBuilder) {
    text.add("id", shown: requestID)
    text.add("pool", shown: pool)
    text.add("model", shown: model)
    text.add("target", shown: targetModel)
    if let chosen { text.add("chosen", shown: chosen) }
    text.add("candidate_count", candidates.count)
    text.array("scorers") { text in
      for score in candidates.first?.scores ?? [] {
        text.array { text in
          text.add(shown: score.scorer)
          text.add(rounded: score.weight)
        }
      }
    }
    text.array("candidates") { text in
      for candidate in best { text.object { text in candidate.write(to: &text) } }
    }
  }

  /// The chosen candidate and then the best of the others.
  private var best: ArraySlice<Candidate> {
    let isChosen = { [chosen] (candidate: Candidate) in candidate.pod == chosen ? 0 : 1 }
    return candidates.sorted { (isChosen($0), -$0.total, $0.pod) < (isChosen($1), -$1.total, $1.pod) }
      .prefix(LiveDocument.pickLimits.candidates)
  }
}

extension PickExplanation.Candidate {
  fileprivate func write(to text: inout JSONBuilder) {
    text.add("pod", shown: pod)
    text.add("total", rounded: total)
    text.array("scores") { text in for score in scores { text.add(rounded: score.score) } }
    text.add("waiting", inputs.waiting)
    text.add("running", inputs.running)
    text.add("kv", rounded: inputs.kvUsage)
    text.array("prefix") { text in
      text.add(nil, inputs.prefixMatched)
      text.add(nil, inputs.prefixTotal)
    }
  }
}
