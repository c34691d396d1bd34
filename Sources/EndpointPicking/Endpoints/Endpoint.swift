/// Names one endpoint: a pod, and the rank of its port where a pod serves several.
public struct EndpointID: Hashable, Sendable, Comparable {
  /// The pod's namespace.
  public var namespace: String
  /// The pod's name.
  public var name: String
  /// The position of the port among the pool's target ports, from 0.
  public var rank: Int

  /// The endpoint of a pod's port.
  public init(namespace: String, name: String, rank: Int = 0) {
    self.namespace = namespace
    self.name = name
    self.rank = rank
  }

  /// By namespace, name, and rank.
  public static func < (a: EndpointID, b: EndpointID) -> Bool {
    (a.namespace, a.name, a.rank) < (b.namespace, b.name, b.rank)
  }
}

/// A model server that requests can go to, as one pick sees it.
public struct Endpoint: Sendable, Equatable {
  /// Which one it is.
  public var id: EndpointID
  /// Where it listens: an IP address or a host name.
  public var address: String
  /// The port on `address`.
  public var port: Int
  /// The pod's labels.
  public var labels: [String: String]
  /// What is known of its load.
  public var metrics: EndpointMetrics

  /// An endpoint of which nothing more is known than where it is.
  public init(
    id: EndpointID, address: String, port: Int, labels: [String: String] = [:],
    metrics: EndpointMetrics = EndpointMetrics()
  ) {
    self.id = id
    self.address = address
    self.port = port
    self.labels = labels
    self.metrics = metrics
  }

  /// `address:port`, with brackets around an IPv6 address: what a gateway is told.
  public var authority: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }
}
