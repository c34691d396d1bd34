internal import EndpointPicking

extension PoolReference {
  /// The required `poolRef` of `spec`.
  init(_ spec: Field, defaultGroup: String = APIGroup.inference) throws(FieldError) {
    let field = try spec("poolRef").required()
    let kind = try field("kind")
    if let text = try kind.string(), text != "InferencePool" { throw kind.error("'\(text)' is not InferencePool") }
    let group = try field("group")
    let text = try group.string() ?? defaultGroup
    guard text == APIGroup.inference || text == APIGroup.experimental else {
      throw group.error("'\(text)' has no InferencePools: \(APIGroup.inference) or \(APIGroup.experimental)")
    }
    self.init(name: try field("name").name(upTo: 253), group: text)
  }
}
