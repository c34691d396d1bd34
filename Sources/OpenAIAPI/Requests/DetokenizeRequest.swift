public import JSON

/// The body of `POST /detokenize`.
public struct DetokenizeRequest: Equatable, Sendable {
  /// nil means the server's default model.
  public var model: String?
  /// Token ids; may be empty.
  public var tokens: [UInt32]

  /// Decodes and validates a body; throws a 400.
  public static func decode(_ body: UnsafeRawBufferPointer, parser: JSONParser) throws(APIError) -> DetokenizeRequest {
    try RequestBody.decode(body, parser: parser) { (root) throws(APIError) in try DetokenizeRequest(root) }
  }

  /// Validates a body that is parsed already; throws as `decode` does.
  public init(_ root: JSONValue) throws(APIError) {
    guard let tokens = root.member("tokens") else { throw .missingField("tokens") }
    model = try root.member("model")?.optionalString("model")
    self.tokens = try tokens.tokenIDs("tokens")
  }
}
