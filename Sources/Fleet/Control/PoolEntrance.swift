internal import EndpointPicking
internal import Synchronization

/// A pool as requests enter it: admission, then the pick. Lives as long as the pool.
final class PoolEntrance: Sendable {
  /// Chooses endpoints.
  let picker: PoolPicker
  /// Lets requests in.
  let admitter: Admitter

  init(_ picker: PoolPicker) {
    self.picker = picker
    admitter = Admitter(picker)
  }

  /// The pool.
  var pool: PoolID { picker.pool }
}
