/// Follows one JSON document byte by byte and says where the members of its top-level object are.
///
/// Checks no more than it needs to; after a byte that cannot be right it reports nothing any more. Keeps nothing but
/// the beginning of a member's name.
struct TopLevelScanner {
  /// What a byte is.
  enum Step {
    /// White space, punctuation, a part of a name, or nothing that belongs to an object.
    case structure
    /// The first byte of the current member's value.
    case valueBegins
    /// Any other byte of that value.
    case value
    /// The last byte of a string, an object or an array. A number or a literal ends before the next `structure`.
    case valueEnds
  }

  private enum State {
    case beforeDocument
    case beforeName
    case name
    case afterName
    case beforeValue
    case string
    case container
    case stringInContainer
    case scalar
    case afterValue
    case complete
    /// Not an object, or not JSON.
    case unreadable
  }

  private var state = State.beforeDocument
  /// Open objects and arrays inside the value.
  private var depth = 0
  /// The byte before was a backslash that escapes the next one.
  private var isEscaped = false
  private var decoder = JSONStringDecoder()
  private var name = MemberName()
  /// The object has begun.
  private(set) var isObject = false
  /// The object has a member.
  private(set) var hasMembers = false

  /// The object has ended, and what came was right as far as this can tell.
  var isComplete: Bool { state == .complete }

  /// Starts over with another document.
  mutating func reset() {
    state = .beforeDocument
    depth = 0
    isEscaped = false
    isObject = false
    hasMembers = false
  }

  /// The current member is called `other`.
  func isNamed(_ other: StaticString) -> Bool {
    name.bytes.elementsEqual(UnsafeBufferPointer(start: other.utf8Start, count: other.utf8CodeUnitCount))
  }

  /// Takes the document's next byte.
  @inline(__always)
  mutating func consume(_ byte: UInt8) -> Step {
    switch state {
    case .stringInContainer:
      if stringEnds(with: byte) { state = .container }
      return state == .unreadable ? .structure : .value
    case .string:
      if stringEnds(with: byte) {
        state = .afterValue
        return .valueEnds
      }
      return state == .unreadable ? .structure : .value
    case .container: return consumeInContainer(byte)
    case .scalar: return consumeInScalar(byte)
    case .name: consumeInName(byte)
    case .beforeValue: return beginValue(byte)
    case .unreadable: break
    case .beforeDocument, .beforeName, .afterName, .afterValue, .complete: consumeStructure(byte)
    }
    return .structure
  }

  /// The first place from `start` on whose byte may matter: those before it are text in the midst of a value's string.
  func skipText(_ bytes: Span<UInt8>, from start: Int) -> Int {
    guard !isEscaped, state == .stringInContainer || state == .string else { return start }
    var index = start
    while index < bytes.count, bytes[index] >= 0x20, bytes[index] != UInt8(ascii: "\""),
      bytes[index] != UInt8(ascii: "\\")
    {
      index += 1
    }
    return index
  }

  private mutating func stringEnds(with byte: UInt8) -> Bool {
    if byte < 0x20 {
      state = .unreadable
    } else if isEscaped {
      isEscaped = false
    } else if byte == UInt8(ascii: "\\") {
      isEscaped = true
    } else {
      return byte == UInt8(ascii: "\"")
    }
    return false
  }

  private mutating func consumeInName(_ byte: UInt8) {
    if stringEnds(with: byte) {
      state = .afterName
      decoder.finish(into: &name)
    } else {
      decoder.consume(byte, into: &name)
    }
  }

  private mutating func beginValue(_ byte: UInt8) -> Step {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D: return .structure
    case UInt8(ascii: "\""): state = .string
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      state = .container
      depth = 1
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"):
      state = .scalar
    default:
      state = .unreadable
      return .structure
    }
    return .valueBegins
  }

  private mutating func consumeInContainer(_ byte: UInt8) -> Step {
    switch byte {
    case UInt8(ascii: "\""): state = .stringInContainer
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      if depth == 0 {
        state = .afterValue
        return .valueEnds
      }
    default: break
    }
    return .value
  }

  private mutating func consumeInScalar(_ byte: UInt8) -> Step {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "}"):
      state = .afterValue
      consumeStructure(byte)
      return .structure
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
      UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      return .value
    default:
      state = .unreadable
      return .structure
    }
  }

  private mutating func consumeStructure(_ byte: UInt8) {
    switch (state, byte) {
    case (_, 0x20), (_, 0x09), (_, 0x0A), (_, 0x0D): break
    case (.beforeDocument, UInt8(ascii: "{")):
      state = .beforeName
      isObject = true
    case (.beforeName, UInt8(ascii: "\"")):
      state = .name
      hasMembers = true
      name.bytes.removeAll(keepingCapacity: true)
      decoder = JSONStringDecoder()
    case (.beforeName, UInt8(ascii: "}")) where !hasMembers: state = .complete
    case (.afterName, UInt8(ascii: ":")): state = .beforeValue
    case (.afterValue, UInt8(ascii: ",")): state = .beforeName
    case (.afterValue, UInt8(ascii: "}")): state = .complete
    default: state = .unreadable
    }
  }
}

/// The beginning of a name without its escapes, long enough to be told from every name that anybody looks for.
private struct MemberName: DecodedText {
  private static let limit = 16

  var bytes: [UInt8] = []

  mutating func append(_ byte: UInt8) {
    if bytes.count <= Self.limit { bytes.append(byte) }
  }
}
