internal import EndpointPicking
internal import Prometheus

extension FamilyRows {
  /// Adds what was counted of requests and answers.
  mutating func addRequests(of share: PickerMetricsShare) {
    for (labels, series) in zip(share.requests.labels, share.requests.values) {
      let models = [labels.incomingModel, labels.targetModel]
      let flow = models + [labels.fairnessID, String(labels.priority)]
      if series.scheduled.value > 0 {
        add(.objectiveRequests, models + [String(labels.priority)], Double(series.scheduled.value))
        add(.requestTotal, flow, Double(series.scheduled.value))
      }
      if series.hasRun {
        add(.objectiveRunning, [labels.incomingModel], Double(series.running))
        add(.running, flow, Double(series.running))
      }
      for (code, failures) in series.failures {
        add(.objectiveErrors, models + [code.label], Double(failures.value))
        add(.requestErrors, flow + [code.label], Double(failures.value))
      }
      for histogram in RequestHistogram.allCases {
        guard let seen = series[histogram] else { break }
        if let family = histogram.objectiveFamily { add(family, models, seen) }
        switch histogram {
        case .streamedFirstToken: add(histogram.family, flow + ["true"], seen)
        case .wholeFirstToken: add(histogram.family, flow + ["false"], seen)
        default: add(histogram.family, flow, seen)
        }
      }
    }
    for (labels, count) in zip(share.rewrites.labels, share.rewrites.values) {
      for family in [PickerFamily.extensionRewrites, .rewrites] {
        add(family, [labels.rewrite, labels.incomingModel, labels.targetModel], Double(count.value))
      }
    }
  }

  /// Adds what was counted of picks.
  mutating func addScheduling(of share: PickerMetricsShare) {
    for duration in PickerDuration.allCases {
      for family in duration.families { add(family, [], share.durations[duration.rawValue]) }
    }
    for (labels, count) in zip(share.attempts.labels, share.attempts.values) {
      let endpoint = labels.endpoint.map { [$0.pod, $0.namespace, String($0.port)] } ?? ["", "", ""]
      let status = labels.endpoint == nil ? "failure" : "success"
      for family in [PickerFamily.extensionAttempts, .attempts] {
        add(family, [status, labels.targetModel] + endpoint, Double(count.value))
      }
    }
    for (stage, times) in zip(share.plugins.series.labels, share.plugins.series.values) {
      for family in [PickerFamily.extensionPluginDuration, .pluginDuration] {
        add(family, [stage.extensionPoint.rawValue, stage.plugin.type, stage.plugin.name], times)
      }
    }
    for (plugin, series) in zip(share.prefixes.labels, share.prefixes.values) {
      add(.extensionPrefixRatio, [], series.hitRatio)
      add(.extensionPrefixBytes, [], series.hitBytes)
      add(.prefixRatio, [plugin.name, plugin.type], series.hitRatio)
      add(.prefixBytes, [plugin.name, plugin.type], series.hitBytes)
    }
    for (labels, count) in zip(share.disaggregations.labels, share.disaggregations.values) {
      let decision = [labels.targetModel.isEmpty ? "unknown" : labels.targetModel, labels.decision]
      add(.schedulerDisaggregations, decision, Double(count.value))
      add(.disaggregations, [labels.plugin.name, labels.plugin.type] + decision, Double(count.value))
    }
    for (source, count) in zip(share.pollErrors.labels, share.pollErrors.values) {
      for family in [PickerFamily.schedulerPollErrors, .pollErrors] { add(family, [source], Double(count.value)) }
    }
  }

  /// Adds what was counted of flow control.
  mutating func addFlowControl(of share: PickerMetricsShare) {
    for (labels, series) in zip(share.flows.labels, share.flows.values) {
      let request = share.requests.labels[labels.request.position]
      let priority = String(request.priority)
      let outcome = labels.outcome.rawValue
      for family in [PickerFamily.extensionWait, .wait] {
        add(
          family, [request.fairnessID, priority, outcome, labels.pool, request.incomingModel, request.targetModel],
          series.waits)
      }
      for family in [PickerFamily.extensionEnqueue, .enqueue] {
        add(family, [request.fairnessID, priority, outcome], series.enqueues)
      }
      if series.requests.value > 0 {
        add(.flowRequests, [outcome, priority, labels.pool], Double(series.requests.value))
      }
    }
    for (labels, series) in zip(share.flowQueues.labels, share.flowQueues.values) {
      let request = share.requests.labels[labels.request.position]
      let queue = [
        request.fairnessID, String(request.priority), labels.pool, request.incomingModel, request.targetModel,
      ]
      for family in [PickerFamily.extensionQueueSize, .queueSize] { add(family, queue, Double(series.requests)) }
      for family in [PickerFamily.extensionQueueBytes, .queueBytes] { add(family, queue, Double(series.bytes)) }
    }
  }
}

extension RequestHistogram {
  /// The family of GIE v1.5; nil where it has none.
  fileprivate var objectiveFamily: PickerFamily? {
    switch self {
    case .requestBytes: .objectiveRequestBytes
    case .responseBytes: .objectiveResponseBytes
    case .inputTokens: .objectiveInputTokens
    case .cachedTokens: .objectiveCachedTokens
    case .outputTokens: .objectiveOutputTokens
    case .duration: .objectiveDuration
    case .normalizedOutputToken: .objectiveNormalizedOutputToken
    case .streamedFirstToken, .wholeFirstToken: .objectiveFirstToken
    case .outputToken: .objectiveOutputToken
    case .interToken: nil
    }
  }

  /// The family of llm-d 0.10.
  fileprivate var family: PickerFamily {
    switch self {
    case .requestBytes: .requestBytes
    case .responseBytes: .responseBytes
    case .inputTokens: .inputTokens
    case .cachedTokens: .cachedTokens
    case .outputTokens: .outputTokens
    case .duration: .requestDuration
    case .normalizedOutputToken: .normalizedOutputToken
    case .streamedFirstToken, .wholeFirstToken: .firstToken
    case .outputToken: .outputToken
    case .interToken: .interToken
    }
  }
}

extension PickerDuration {
  /// The families that show it.
  fileprivate var families: [PickerFamily] {
    switch self {
    case .scheduling: [.extensionScheduling, .schedulingDuration]
    case .dispatchCycle: [.extensionCycle, .cycle]
    case .requestProcessing: [.requestProcessing]
    case .responseProcessing: [.responseProcessing]
    }
  }
}
