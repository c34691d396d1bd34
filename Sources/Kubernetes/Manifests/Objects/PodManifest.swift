public import EndpointPicking

/// A Pod with what runs in it.
public struct PodManifest: Hashable, Sendable {
  /// As pools see it. With an `ip` it runs elsewhere; without, it is to be simulated.
  ///
  /// A pod without a condition Ready counts as ready: people write pods without a status.
  public var pod: Pod
  /// What runs in it.
  public var template: PodTemplate

  /// The pod `pod`.
  public init(pod: Pod, template: PodTemplate) {
    self.pod = pod
    self.template = template
  }

  init(_ metadata: ObjectMetadata, _ object: Field) throws(FieldError) {
    let template = try PodTemplate(object)
    let status = try object("status")
    let ip = try status("podIP").string().flatMap { $0.isEmpty ? nil : $0 }
    if let ip, !IPAddressText.isAddress(ip) { throw try status("podIP").error("'\(ip)' is not an IP address") }
    var isReady = true
    for condition in try status("conditions").items() where try condition("type").string() == "Ready" {
      isReady = try condition("status").string() == "True"
    }
    self.init(
      pod: Pod(
        metadata: metadata, labels: template.labels, ip: ip, isReady: isReady,
        isTerminating: try object("metadata")("deletionTimestamp").time() != nil,
        activePorts: try Self.activePorts(object)),
      template: template)
  }

  /// The annotations that name the live ports, the newer first (GIE 1.5 and llm-d).
  private static func activePorts(_ object: Field) throws(FieldError) -> Set<Int>? {
    let annotations = try object("metadata")("annotations")
    for key in ["llm-d.ai/active-ports", "inference.networking.k8s.io/active-ports"] {
      let field = try annotations(key)
      guard let text = try field.string() else { continue }
      var ports: Set<Int> = []
      for word in text.split(separator: ",") {
        let digits = word.drop { $0 == " " }.prefix { $0 != " " }
        guard let port = Int(digits), (1...65535).contains(port) else {
          throw field.error("'\(word)' is not a port in 1 to 65535")
        }
        ports.insert(port)
      }
      return ports
    }
    return nil
  }
}
