internal import EndpointPicking

extension PickedEndpoint {
  /// What metrics call it.
  var labels: EndpointLabels {
    EndpointLabels(namespace: id.namespace, pod: id.name, port: port)
  }

  /// The port that the request goes to.
  private var port: Int { authority.lastIndex(of: ":").flatMap { Int(authority[authority.index(after: $0)...]) } ?? 0 }
}
