internal import EndpointPicking

/// A member of a pool as its picker is told of it.
struct PickableEndpoint: Sendable {
  /// Its id, address, port and labels; its metrics count only without a `load`.
  var endpoint: Endpoint
  /// Where its load is read; nil when nothing is known of it, which counts as full.
  var load: (any LoadSource)?
  /// Which models it serves; nil when unknown: it may serve any.
  var models: (any ModelSource)?
  /// The caller's handle for it, handed back with picks.
  var token: Int

  /// An endpoint with what is known of it.
  init(_ endpoint: Endpoint, load: (any LoadSource)? = nil, models: (any ModelSource)? = nil, token: Int) {
    self.endpoint = endpoint
    self.load = load
    self.models = models
    self.token = token
  }
}
