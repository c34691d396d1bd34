internal import EndpointPicking

extension LiveDocument {
  /// The document as one JSON object.
  var json: [UInt8] {
    var text = LiveText()
    text.object { text in
      text.add("start", "\(start)")
      text.add("now", Int(now))
      text.add("may_change", mayChange)
      text.add("has_token", hasToken)
      text.array("pools") { text in
        for pool in pools.prefix(Self.replicaLimit) {
          text.object { text in
            text.add("name", pool.name)
            text.add("saturation", pool.saturation)
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

  private func write(_ picks: [PickExplanation], to text: inout LiveText) {
    var chosen: [String: Int] = [:]
    for pick in picks { chosen[pick.chosen ?? "", default: 0] += 1 }
    // The busiest first, equal ones in the order of their names.
    let counts = chosen.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.pickLimits.picks)
    text.array("picked") { text in
      for (name, count) in counts {
        text.array { text in
          text.add(nil, name)
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
  fileprivate func write(to text: inout LiveText) {
    text.add("name", name)
    if let pool { text.add("pool", pool) }
    text.array("models") { text in for name in models.prefix(LiveDocument.adapterLimit) { text.add(nil, name) } }
    text.add("ready", isReady)
    text.add("remote", isRemote)
    text.add("running", load.running)
    text.add("waiting", load.waiting)
    text.add("kv", load.kvUsage)
    if let slots { text.add("slots", slots) }
    text.array("adapters") { text in
      for name in adapters.prefix(LiveDocument.adapterLimit) { text.add(nil, name) }
    }
    text.array("active") { text in
      for name in load.activeAdapters.sorted().prefix(LiveDocument.adapterLimit) { text.add(nil, name) }
    }
    text.array("queued") { text in
      for name in load.waitingAdapters.sorted().prefix(LiveDocument.adapterLimit) { text.add(nil, name) }
    }
    if let track {
      text.add("rate", track.requests)
      text.add("errors", track.errors)
      text.add("ttft", track.timeToFirstToken)
      text.add("itl", track.interTokenLatency)
    }
    guard let behavior else { return }
    text.object("behavior") { text in
      text.add("ttft", behavior.timeToFirstToken)
      text.add("itl", behavior.interTokenLatency)
      text.add("failures", behavior.failureRate)
      text.add("changed", behavior.isChanged)
    }
  }
}

extension LiveSample {
  fileprivate func write(to text: inout LiveText) {
    text.add(nil, Int(clamping: number))
    text.add(nil, Int(unixMilliseconds))
    for value in [
      requests, errors, tokens, timeToFirstToken, timeToFirstToken95, interTokenLatency, interTokenLatency95,
      Double(running), Double(waiting),
    ] { text.add(nil, value) }
  }
}

extension SplitTrack {
  fileprivate func write(to text: inout LiveText) {
    switch split.chooser {
    case .rewrite(let name, let models):
      text.add("kind", "rewrite")
      text.add("name", name)
      text.array("models") { text in for model in models.prefix(LiveSplit.limits.targets) { text.add(nil, model) } }
    case .route(let id):
      text.add("kind", "route")
      text.add("name", id.name.map { "\(id.route.name)/\($0)" } ?? id.route.name)
      text.array("models") { _ in }
    }
    text.array("targets") { text in
      for (target, count) in zip(split.targets, counts) {
        text.object { text in
          text.add("name", target.name)
          text.add("wanted", split.wanted(target))
          text.add("count", Int(clamping: count))
        }
      }
    }
  }
}

extension PickExplanation {
  fileprivate func write(to text: inout LiveText) {
    text.add("id", requestID)
    text.add("pool", pool)
    text.add("model", model)
    text.add("target", targetModel)
    if let chosen { text.add("chosen", chosen) }
    text.add("candidate_count", candidates.count)
    text.array("scorers") { text in
      for score in candidates.first?.scores ?? [] {
        text.array { text in
          text.add(nil, score.scorer)
          text.add(nil, score.weight)
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
  fileprivate func write(to text: inout LiveText) {
    text.add("pod", pod)
    text.add("total", total)
    text.array("scores") { text in for score in scores { text.add(nil, score.score) } }
    text.add("waiting", inputs.waiting)
    text.add("running", inputs.running)
    text.add("kv", inputs.kvUsage)
    text.array("prefix") { text in
      text.add(nil, inputs.prefixMatched)
      text.add(nil, inputs.prefixTotal)
    }
  }
}
