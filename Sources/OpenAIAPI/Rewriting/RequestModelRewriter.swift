internal import JSON

/// Puts another model's name into the body of a request and leaves every other byte as it is.
public enum RequestModelRewriter {
  /// `body` with the value of every top-level member `model` replaced, or with that member added in front.
  ///
  /// What is not a JSON object comes back as it is; that it is one is not checked further than is needed to find its
  /// members.
  public static func replacingModel(in body: [UInt8], with model: String) -> [UInt8] {
    guard let found = MemberValues(of: "model", in: body.span) else { return body }
    var literal: [UInt8] = []
    literal.appendJSON(model)
    var output: [UInt8] = []
    output.reserveCapacity(body.count + literal.count + 16)
    guard !found.ranges.isEmpty else {
      output.append(contentsOf: body[..<found.contentStart])
      output.appendRaw(#""model":"#)
      output.append(contentsOf: literal)
      if found.hasMembers { output.append(UInt8(ascii: ",")) }
      output.append(contentsOf: body[found.contentStart...])
      return output
    }
    var copied = 0
    for range in found.ranges {
      output.append(contentsOf: body[copied..<range.lowerBound])
      output.append(contentsOf: literal)
      copied = range.upperBound
    }
    output.append(contentsOf: body[copied...])
    return output
  }
}

/// Where the values of the top-level members of one name stand.
private struct MemberValues {
  /// From the first byte of a value to the one behind its last, in order.
  private(set) var ranges: [Range<Int>] = []
  /// Behind the object's opening brace.
  private(set) var contentStart = 0
  let hasMembers: Bool

  /// Nil when `bytes` is not an object.
  init?(of name: StaticString, in bytes: Span<UInt8>) {
    var scanner = TopLevelScanner()
    var open: Range<Int>?
    var index = 0
    while index < bytes.count {
      switch scanner.consume(bytes[index]) {
      case .structure:
        if contentStart == 0, scanner.isObject { contentStart = index + 1 }
        if let range = open { ranges.append(range) }
        open = nil
      case .valueBegins:
        if scanner.isNamed(name) { open = index..<index + 1 }
      case .value, .valueEnds:
        if let range = open { open = range.lowerBound..<index + 1 }
      }
      index += 1
      if open == nil { index = scanner.skipText(bytes, from: index) }
    }
    guard scanner.isComplete else { return nil }
    hasMembers = scanner.hasMembers
  }
}
