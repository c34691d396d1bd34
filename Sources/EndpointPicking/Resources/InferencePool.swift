/// A set of pods that serve the same models, and the picker that chooses among them (InferencePool v1).
public struct InferencePool: Hashable, Sendable {
  /// Name, namespace and age.
  public var metadata: ObjectMetadata
  /// The API group that it was written in.
  public var group: String
  /// The labels that a pod must have, all of them; an empty selector selects every pod of the namespace.
  public var matchLabels: [String: String]
  /// One endpoint per pod and port; the position is the endpoint's rank.
  public var targetPorts: [Int]
  /// What the model servers speak.
  public var appProtocol: AppProtocol
  /// Who picks; nil when the pool names no one.
  public var endpointPicker: EndpointPickerReference?

  /// A pool of the pods with `matchLabels`.
  public init(
    metadata: ObjectMetadata, matchLabels: [String: String], targetPorts: [Int], appProtocol: AppProtocol = .http,
    endpointPicker: EndpointPickerReference? = nil, group: String = APIGroup.inference
  ) {
    self.metadata = metadata
    self.group = group
    self.matchLabels = matchLabels
    self.targetPorts = targetPorts
    self.appProtocol = appProtocol
    self.endpointPicker = endpointPicker
  }

  /// The same pool in the words of v1alpha2: a flat `selector`, one `targetPortNumber`, and `extensionRef`.
  public init(
    v1alpha2 metadata: ObjectMetadata, selector: [String: String], targetPortNumber: Int,
    extensionRef: EndpointPickerReference? = nil
  ) {
    self.init(
      metadata: metadata, matchLabels: selector, targetPorts: [targetPortNumber], endpointPicker: extensionRef,
      group: APIGroup.experimental)
  }

  /// Which pool it is.
  public var id: PoolID {
    PoolID(namespace: metadata.name.namespace, name: metadata.name.name, group: group)
  }
}

/// The protocol between gateway and model servers (InferencePool v1, `appProtocol`).
public enum AppProtocol: String, Hashable, Sendable {
  /// HTTP/1.1.
  case http
  /// HTTP/2 without TLS.
  case h2c = "kubernetes.io/h2c"
}

/// The Service behind which a pool's endpoint picker listens.
public struct EndpointPickerReference: Hashable, Sendable {
  /// What a gateway does while the picker cannot be reached.
  public enum FailureMode: String, Hashable, Sendable {
    /// Send the request to any endpoint of the pool.
    case open = "FailOpen"
    /// Answer with an error.
    case close = "FailClose"
  }

  /// The API group of the referent; empty for the core group.
  public var group: String
  /// The kind of the referent.
  public var kind: String
  /// The name of the referent, in the pool's namespace.
  public var name: String
  /// The port of ext_proc; nil when none is given, which only other kinds than Service may do.
  public var port: Int?
  /// What happens while it is away.
  public var failureMode: FailureMode

  /// A picker behind the Service `name`, with the defaults of InferencePool v1.
  public init(
    name: String, port: Int?, group: String = "", kind: String = "Service", failureMode: FailureMode = .close
  ) {
    self.group = group
    self.kind = kind
    self.name = name
    self.port = port
    self.failureMode = failureMode
  }
}
