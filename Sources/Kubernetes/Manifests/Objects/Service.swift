public import EndpointPicking

/// A name and port for the pods that a selector finds (`v1`).
public struct Service: Hashable, Sendable {
  /// One port.
  public struct Port: Hashable, Sendable {
    /// A port of the pods.
    public enum Target: Hashable, Sendable {
      /// By number.
      case number(Int)
      /// By the name that the container gives it.
      case name(String)
    }

    /// Its name, which only services of one port may lack.
    public var name: String?
    /// What clients connect to.
    public var number: Int
    /// Where that leads.
    public var target: Target

    /// The port `number`; without a target the pods' port is the same.
    public init(_ number: Int, name: String? = nil, target: Target? = nil) {
      self.number = number
      self.name = name
      self.target = target ?? .number(number)
    }
  }

  /// Name, namespace and age.
  public var metadata: ObjectMetadata
  /// The labels that a pod must have; empty when the service selects none.
  public var selector: [String: String]
  /// In order.
  public var ports: [Port]

  /// A service of the pods with `selector`.
  public init(metadata: ObjectMetadata, selector: [String: String] = [:], ports: [Port] = []) {
    self.metadata = metadata
    self.selector = selector
    self.ports = ports
  }

  init(_ metadata: ObjectMetadata, _ object: Field) throws(FieldError) {
    let spec = try object("spec").required()
    self.init(metadata: metadata, selector: try spec("selector").strings())
    for item in try spec("ports").items() { ports.append(try Port(item)) }
  }
}

extension Service.Port {
  init(_ field: Field) throws(FieldError) {
    guard let number = try field("port").port() else { throw try field("port").error("required") }
    let target = try field("targetPort")
    self.init(number, name: try field("name").string())
    guard let node = target.node else { return }
    if case .int = node.value {
      // 0 means the same as nothing.
      if let port = try target.integer(in: 0...65535), port > 0 { self.target = .number(port) }
    } else {
      self.target = .name(try target.name())
    }
  }
}
