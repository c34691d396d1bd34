public import JSON

/// The first step of every decoder.
public enum RequestBody {
  /// Parses `body` and hands its top-level object to `decode`.
  ///
  /// Throws a 400 when the body is not JSON, or not an object.
  public static func decode<Request>(
    _ body: UnsafeRawBufferPointer, parser: JSONParser, _ decode: (JSONValue) throws(APIError) -> Request
  ) throws(APIError) -> Request {
    let document: JSONDocument
    do {
      document = try parser.parse(body)
    } catch {
      throw .malformedBody(error)
    }
    return try document.withRoot { (root) throws(APIError) in
      guard root.kind == .object else { throw root.mismatch("body", expected: "an object") }
      return try decode(root)
    }
  }
}
