internal import CYAML

/// Reads a text event by event; the only file that knows libyaml.
final class EventReader {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  /// libyaml reads from it as long as it parses.
  private let text: UnsafeMutableBufferPointer<UInt8>

  init(_ text: String) {
    self.text = .allocate(capacity: text.utf8.count)
    _ = self.text.initialize(fromContentsOf: text.utf8)
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    // It fails for want of memory only.
    precondition(yaml_parser_initialize(parser) == 1, "out of memory")
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, self.text.baseAddress, self.text.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    text.deallocate()
  }

  /// The next event; nothing comes after `streamEnd` or an error.
  func next() throws(YAMLError) -> YAMLEvent {
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(parser, &event) == 1 else { throw failure }
      defer { yaml_event_delete(&event) }
      if let kind = Self.kind(of: event) {
        return YAMLEvent(kind: kind, line: Int(clamping: event.start_mark.line) + 1)
      }
    }
  }

  private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind? {
    switch event.type {
    case YAML_DOCUMENT_START_EVENT: return .documentStart
    case YAML_DOCUMENT_END_EVENT: return .documentEnd
    case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    case YAML_ALIAS_EVENT: return .alias(string(event.data.alias.anchor) ?? "")
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      return .sequenceStart(.init(anchor: string(start.anchor), tag: string(start.tag)))
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      return .mappingStart(.init(anchor: string(start.anchor), tag: string(start.tag)))
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      return .scalar(
        text: String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE,
        properties: .init(anchor: string(scalar.anchor), tag: string(scalar.tag)))
    case YAML_STREAM_START_EVENT: return nil
    default: return .streamEnd
    }
  }

  private static func string(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    bytes.map { String(cString: $0) }
  }

  private var failure: YAMLError {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "out of memory"
    if parser.pointee.error == YAML_READER_ERROR {
      let before = text.prefix(Int(clamping: parser.pointee.problem_offset))
      return YAMLError(problem, line: 1 + before.count { $0 == UInt8(ascii: "\n") })
    }
    // What is missing at the end is missing after the last line; people look for it in that line.
    let line = min(Int(clamping: parser.pointee.problem_mark.line) + 1, lineCount)
    if problem.hasPrefix("Maximum nesting level") { return YAMLError("nested more than 1000 levels deep", line: line) }
    if startsWithTab(line) { return YAMLError("a tab in the indentation: YAML takes blanks only", line: line) }
    let context = parser.pointee.context.map { " " + String(cString: $0) } ?? ""
    return YAMLError(problem + context, line: line)
  }

  /// The lines of the text, which end with LF, CR, or both.
  private var lineCount: Int {
    var count = 1
    for (index, byte) in text.enumerated().dropLast() {
      let isCR = byte == UInt8(ascii: "\r") && text[index + 1] != UInt8(ascii: "\n")
      if byte == UInt8(ascii: "\n") || isCR { count += 1 }
    }
    return count
  }

  /// A tab stands before anything else in the line, counted from 1.
  private func startsWithTab(_ line: Int) -> Bool {
    var rest = text[...]
    for _ in 1..<max(line, 1) {
      guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return false }
      rest = rest[(end + 1)...]
    }
    return rest.first { $0 != UInt8(ascii: " ") } == UInt8(ascii: "\t")
  }
}
