extension PickExplanation {
  /// The explanation as one line of JSON in ASCII, without a line break: fit for a header's value.
  public var json: [UInt8] {
    var line = JSONLine()
    line.object { line in
      line.field("request_id", requestID)
      line.field("pool", pool)
      line.field("model", model)
      line.field("target_model", targetModel)
      line.field("profile", profile)
      line.field("filters", each: filters) { line, filter in
        line.field("name", filter.name)
        line.field("kept", filter.kept)
      }
      line.field("chosen", chosen)
      line.field("candidates", each: candidates) { $0.fields(of: $1) }
    }
    return line.bytes
  }
}

extension JSONLine {
  fileprivate mutating func fields(of candidate: PickExplanation.Candidate) {
    field("pod", candidate.pod)
    field("endpoint", candidate.endpoint)
    field("total", candidate.total)
    field("scores", each: candidate.scores) { line, score in
      line.field("scorer", score.scorer)
      line.field("weight", score.weight)
      line.field("score", score.score)
    }
    key("inputs")
    object { line in
      let inputs = candidate.inputs
      line.field("waiting", inputs.waiting)
      line.field("running", inputs.running)
      line.field("kv_usage", inputs.kvUsage)
      line.field("active_loras", inputs.activeAdapters)
      line.field("waiting_loras", inputs.waitingAdapters)
      line.field("max_loras", inputs.maxAdapters)
      line.field("prefix_matched", inputs.prefixMatched)
      line.field("prefix_total", inputs.prefixTotal)
    }
  }
}
