/// A model server that is already running, from a file of llm-d's `file-discovery` plugin (llm-d 0.9).
public struct FileEndpoint: Hashable, Sendable {
  /// Name and namespace, as if it were a pod.
  public var namespace: String
  /// Unique in the namespace.
  public var name: String
  /// An IPv4 address.
  public var address: String
  /// 1 to 65535.
  public var port: Int
  /// What selectors look at.
  public var labels: [String: String]

  /// The server at `address`.
  public init(name: String, namespace: String = "default", address: String, port: Int, labels: [String: String] = [:]) {
    self.name = name
    self.namespace = namespace
    self.address = address
    self.port = port
    self.labels = labels
  }

  /// One item of `endpoints`. Upstream's ports are strings; numbers are taken too.
  init(_ field: Field, _ warnings: inout [FieldError]) throws(FieldError) {
    try field.warn(unless: ["name", "namespace", "address", "port", "labels"], &warnings)
    let address = try field("address")
    guard IPAddressText.isIPv4(try address.name()) else {
      throw address.error("'\(try address.name())' is not an IPv4 address")
    }
    let namespace = try field("namespace").string() ?? ""
    self.init(
      name: try field("name").name(), namespace: namespace.isEmpty ? "default" : namespace,
      address: try address.name(), port: try Self.port(try field("port").required()),
      labels: try field("labels").strings())
  }

  private static func port(_ field: Field) throws(FieldError) -> Int {
    guard case .string(let text) = field.node?.value else {
      guard let port = try field.port() else { throw field.error("required") }
      return port
    }
    guard let port = Int(text), (1...65535).contains(port) else {
      throw field.error("'\(text)' is not a port in 1 to 65535")
    }
    return port
  }
}
