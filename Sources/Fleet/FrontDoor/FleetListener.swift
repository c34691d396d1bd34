/// The tags of the fleet's listeners: what a connection wants of it.
enum FleetListener {
  /// What clients call.
  static let frontDoor = 0
  /// What people and commands call, on the loopback address.
  static let admin = 1
  /// What Prometheus scrapes.
  static let metrics = 2
  /// The own port of the replica with this number, and of all above.
  static let firstReplica = 16
}
