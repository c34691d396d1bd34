/// What the page says of the Kubernetes API server.
struct WatchMetrics: Hashable, Sendable {
  /// Lists and watches that fail now.
  var failing = 0
  /// How often one has failed that worked before, or failed from the start.
  var losses = 0
}
