internal import EndpointPicking

/// Whose request a sample is about: the labels `model_name`, `target_model_name`, `fairness_id` and `priority`.
struct RequestLabels: Hashable, Sendable {
  /// What the client asked for; empty when that is not known.
  var incomingModel: String
  /// What the model server is asked for; empty when that is not known.
  var targetModel: String
  /// The flow's fairness id.
  var fairnessID: String
  /// Of the request's objective.
  var priority: Int

  /// The labels of a request; all defaults for one that was refused before its body was read.
  init(
    incomingModel: String = "", targetModel: String = "", fairnessID: String = FlowKey.defaultFairnessID,
    priority: Int = 0
  ) {
    self.incomingModel = incomingModel
    self.targetModel = targetModel
    self.fairnessID = fairnessID
    self.priority = priority
  }
}

/// A short name for one label set of one `PickerMetricsShare`, to be kept for a request's life. It means nothing to
/// another share.
struct RequestSeriesID: Hashable, Sendable {
  let position: Int
}

/// The endpoint that a pick chose: the labels `pod_name` (later `endpoint_name`), `namespace` and `port`.
struct EndpointLabels: Hashable, Sendable {
  /// The pod's namespace.
  var namespace: String
  /// The pod's name, without a rank.
  var pod: String
  /// The port that the request goes to.
  var port: Int
}
