/// A step through a YAML text, with its line (libyaml, events).
struct YAMLEvent {
  enum Kind {
    case documentStart
    case documentEnd
    case streamEnd
    case alias(String)
    case scalar(text: String, isPlain: Bool, properties: Properties)
    case sequenceStart(Properties)
    case sequenceEnd
    case mappingStart(Properties)
    case mappingEnd
  }

  /// What may stand before a value: `&anchor` and `!tag`.
  struct Properties {
    var anchor: String?
    var tag: String?
  }

  var kind: Kind
  var line: Int
}
