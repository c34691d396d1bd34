public import EndpointPicking

/// Where clients connect (Gateway API v1).
public struct Gateway: Hashable, Sendable {
  /// One port that it listens on.
  public struct Listener: Hashable, Sendable {
    /// The namespaces whose routes may attach.
    public enum AllowedNamespaces: String, Hashable, Sendable, CaseIterable {
      /// The gateway's own.
      case same = "Same"
      /// Every one.
      case all = "All"
      /// Those with certain labels, which only a cluster knows.
      case selector = "Selector"
    }

    /// Its name, unique in the gateway.
    public var name: String
    /// 1 to 65535.
    public var port: Int
    /// `HTTP`, `HTTPS`, `TLS`, `TCP`, `UDP`, or a product's own.
    public var transport: String
    /// The only host names that it answers to; nil for all.
    public var hostname: String?
    /// Who may attach routes.
    public var allowedNamespaces: AllowedNamespaces

    /// A listener on `port`.
    public init(
      name: String, port: Int, transport: String = "HTTP", hostname: String? = nil,
      allowedNamespaces: AllowedNamespaces = .same
    ) {
      self.name = name
      self.port = port
      self.transport = transport
      self.hostname = hostname
      self.allowedNamespaces = allowedNamespaces
    }
  }

  /// Name, namespace and age.
  public var metadata: ObjectMetadata
  /// The class, which says what product it is.
  public var className: String
  /// At least one.
  public var listeners: [Listener]

  /// A gateway with `listeners`.
  public init(metadata: ObjectMetadata, className: String, listeners: [Listener]) {
    self.metadata = metadata
    self.className = className
    self.listeners = listeners
  }

  init(_ metadata: ObjectMetadata, _ object: Field) throws(FieldError) {
    let spec = try object("spec").required()
    self.init(metadata: metadata, className: try spec("gatewayClassName").name(upTo: 253), listeners: [])
    let list = try spec("listeners").required()
    for item in try list.items(max: 64) {
      let listener = try Listener(item)
      guard !listeners.contains(where: { $0.name == listener.name }) else {
        throw try item("name").error("a second listener '\(listener.name)'")
      }
      listeners.append(listener)
    }
    guard !listeners.isEmpty else { throw list.error("at least one listener is required") }
  }
}

extension Gateway.Listener {
  init(_ field: Field) throws(FieldError) {
    guard let port = try field("port").port() else { throw try field("port").error("required") }
    let from = try field("allowedRoutes")("namespaces")("from")
    self.init(
      name: try field("name").required().sectionName() ?? "", port: port,
      transport: try field("protocol").protocolName(), hostname: try field("hostname").hostname(),
      allowedNamespaces: try from.choice(of: AllowedNamespaces.allCases) ?? .same)
  }
}
