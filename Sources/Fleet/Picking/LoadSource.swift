internal import EndpointPicking

/// What a picker reads an endpoint's load from: a replica's published load, or a scraper of a remote server.
protocol LoadSource: AnyObject, Sendable {
  /// Changes whenever `metrics` may have. Read for every endpoint on every pick, so an atomic load and no more.
  var revision: UInt64 { get }
  /// The load now; `now` is in nanoseconds on the picker's clock.
  func metrics(at now: Int64) -> EndpointMetrics
  /// Readings grow old, and `EndpointMetrics.updatedAt` says when each was taken. Otherwise `metrics` is what is true
  /// until `revision` changes, and the picker says when it was read. False unless implemented.
  var isScraped: Bool { get }
}

extension LoadSource {
  var isScraped: Bool { false }
}

/// What a picker asks whether an endpoint serves a model; endpoints may share one.
protocol ModelSource: AnyObject, Sendable {
  /// Changes whenever an answer of `serves` may have. Read on every pick, so an atomic load and no more.
  var modelsRevision: UInt64 { get }
  /// A model, alias or adapter has this name now.
  func serves(_ model: String) -> Bool
}
