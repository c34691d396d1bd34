/// A pod, as far as pools care.
public struct Pod: Hashable, Sendable {
  /// Name, namespace and age.
  public var metadata: ObjectMetadata
  /// What selectors look at.
  public var labels: [String: String]
  /// Its address; nil while it has none.
  public var ip: String?
  /// Its condition Ready is True.
  public var isReady: Bool
  /// It has a deletion timestamp.
  public var isTerminating: Bool
  /// The only target ports that are live, from the annotation `active-ports`; nil when all are.
  public var activePorts: Set<Int>?

  /// A pod that serves at `ip`.
  public init(
    metadata: ObjectMetadata, labels: [String: String] = [:], ip: String?, isReady: Bool = true,
    isTerminating: Bool = false, activePorts: Set<Int>? = nil
  ) {
    self.metadata = metadata
    self.labels = labels
    self.ip = ip
    self.isReady = isReady
    self.isTerminating = isTerminating
    self.activePorts = activePorts
  }

  /// The address, if requests may go there: ready, not terminating, and with an address.
  var servingAddress: String? {
    guard isReady, !isTerminating, let ip, !ip.isEmpty else { return nil }
    return ip
  }
}
