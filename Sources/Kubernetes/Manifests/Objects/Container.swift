/// A container of a pod, as far as it says what runs in it.
public struct Container: Hashable, Sendable {
  /// One environment variable.
  public struct Variable: Hashable, Sendable {
    /// Where a variable's value comes from.
    public enum Source: Hashable, Sendable {
      /// The value itself; may contain `$(NAME)`.
      case value(String)
      /// A field of the pod, such as `metadata.name` or `status.podIP`.
      case podField(String)
      /// Something that only a cluster has: `secretKeyRef`, `configMapKeyRef`, `resourceFieldRef`.
      case cluster(String)
    }

    /// Its name.
    public var name: String
    /// Its value's source.
    public var source: Source

    /// The variable `name`.
    public init(_ name: String, _ source: Source) {
      self.name = name
      self.source = source
    }
  }

  /// One port that it says it listens on.
  public struct Port: Hashable, Sendable {
    /// What Services may call it.
    public var name: String?
    /// The number.
    public var number: Int
    /// `TCP`, `UDP` or `SCTP`.
    public var transport: String

    /// The port `number`.
    public init(_ number: Int, name: String? = nil, transport: String = "TCP") {
      self.number = number
      self.name = name
      self.transport = transport
    }
  }

  /// Its name, unique in the pod.
  public var name: String
  /// What it runs; empty when the manifest does not say.
  public var image: String
  /// Replaces the image's entry point when not empty.
  public var command: [String]
  /// Follows the entry point.
  public var args: [String]
  /// In order: later ones may refer to earlier ones.
  public var env: [Variable]
  /// In order.
  public var ports: [Port]

  /// The container `name`.
  public init(
    name: String, image: String = "", command: [String] = [], args: [String] = [], env: [Variable] = [],
    ports: [Port] = []
  ) {
    self.name = name
    self.image = image
    self.command = command
    self.args = args
    self.env = env
    self.ports = ports
  }
}
