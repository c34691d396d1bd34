internal import CJSONC

/// Parses documents one after the other, keeping json-c's parser and its buffers between them.
///
/// Not for use from several threads at once: give each event loop its own.
public final class JSONParser {
  private var tokener: OpaqueTokener?
  /// The bounds in force for every document.
  public let limits: JSONLimits

  private typealias OpaqueTokener = UnsafeMutablePointer<json_tokener>

  /// A parser; json-c's part is made with the first document.
  public init(limits: JSONLimits = JSONLimits()) {
    self.limits = limits
  }

  deinit {
    if let tokener { json_tokener_free(tokener) }
  }

  /// Parses `bytes`, which must be one JSON value with nothing but white space around it.
  ///
  /// Stricter than json-c alone: see `SyntaxScan`. Of members with equal names the last wins, in the first one's place.
  /// A name with an escaped NUL ends there, because json-c keeps names as C strings. Integers below -2^63 or above
  /// 2^64 - 1 keep only the fact that they are out of range.
  public func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONDocument {
    guard !bytes.isEmpty, let base = bytes.baseAddress else { throw JSONError("empty document", at: 0) }
    // json-c counts in `int`.
    guard bytes.count < Int(Int32.max) else { throw JSONError("document too large", at: Int(Int32.max)) }
    try SyntaxScan.check(bytes, limits: limits)
    let tokener = try readyTokener()
    defer { if bytes.count > limits.maxRetainedBytes { discardTokener() } }

    // json-c only reads `bytes.count` bytes from here, and copies what it keeps.
    let text = base.assumingMemoryBound(to: CChar.self)
    var object = json_tokener_parse_ex(tokener, text, Int32(bytes.count))
    var end = json_tokener_get_parse_end(tokener)
    var status = json_tokener_get_error(tokener)
    if status == json_tokener_continue {
      // A number or literal at the top level ends only with the text, which a NUL tells json-c.
      end = bytes.count
      object = json_tokener_parse_ex(tokener, "", 1)
      status = json_tokener_get_error(tokener)
    }
    guard status == json_tokener_success else {
      json_tokener_reset(tokener)
      throw JSONError(Self.message(for: status), at: min(end, bytes.count))
    }
    let document = JSONDocument(owning: object)
    while end < bytes.count {
      guard [0x20, 0x09, 0x0A, 0x0D].contains(bytes[end]) else {
        throw JSONError("unexpected character after the document", at: end)
      }
      end += 1
    }
    return document
  }

  /// Parses an array of bytes; see `parse(_:)` on raw buffers.
  public func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONDocument {
    let result: Result<JSONDocument.Owned, JSONError> = bytes.withUnsafeBytes { buffer in
      do throws(JSONError) { return .success(try parse(buffer).release()) } catch { return .failure(error) }
    }
    return JSONDocument(owning: try result.get().object)
  }

  private func readyTokener() throws(JSONError) -> OpaqueTokener {
    if let tokener {
      json_tokener_reset(tokener)
      return tokener
    }
    // One level more than the scan admits, so that the scan's error is the one clients see.
    guard let made = understudy_json_tokener(Int32(clamping: limits.maxDepth + 2)) else {
      throw JSONError("out of memory", at: 0)
    }
    tokener = made
    return made
  }

  private func discardTokener() {
    if let tokener { json_tokener_free(tokener) }
    tokener = nil
  }

  private static func message(for status: json_tokener_error) -> String {
    switch status {
    case json_tokener_error_depth: "nested too deeply"
    case json_tokener_error_parse_eof: "unexpected end of the document"
    case json_tokener_error_parse_utf8_string: "invalid UTF-8"
    default: String(cString: json_tokener_error_desc(status))
    }
  }
}
