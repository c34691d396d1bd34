internal import JSON

/// The first step of every decoder.
enum RequestBody {
  /// Parses `body` and hands its top-level object to `decode`.
  static func decode<Request>(
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
