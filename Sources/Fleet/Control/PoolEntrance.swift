internal import EndpointPicking
internal import Synchronization

/// A pool as requests enter it: admission, then the pick. Lives as long as the pool.
final class PoolEntrance: Sendable {
  /// Chooses endpoints.
  let picker: PoolPicker
  /// Lets requests in.
  let admitter: Admitter

  /// The pool of `picker`, whose flow control, if it has any, is counted in `metrics`.
  init(_ picker: PoolPicker, metrics: FlowMetrics? = nil) {
    self.picker = picker
    admitter = Admitter(picker, observer: metrics?.observer(ofPool: picker.pool.name))
  }

  /// The pool.
  var pool: PoolID { picker.pool }
}
