/// Headers that stand in for a request's own. There are seldom more than a handful, so they are simply looked through.
struct HeaderOverrides {
  private var entries: [(name: String, value: String?)] = []

  var isEmpty: Bool { entries.isEmpty }

  /// Lets the header `name`, in lower case, be `value`; nil hides it.
  mutating func set(_ name: String, _ value: String?) {
    if let index = entries.firstIndex(where: { $0.name == name }) {
      entries[index].value = value
    } else {
      entries.append((name, value))
    }
  }

  /// What stands in for `name`: a value, or nil inside for a hidden one; nil when nothing does.
  subscript(name: String) -> String?? { entries.first { $0.name == name }.map(\.value) }

  /// The same, without making a `String` of the name.
  subscript(name: StaticString) -> String?? {
    name.withUTF8Buffer { bytes in
      entries.first { $0.name.utf8.count == bytes.count && $0.name.utf8.elementsEqual(bytes) }.map(\.value)
    }
  }

  /// Those that are not hidden, by name.
  var headers: [HTTPHeader] {
    entries.compactMap { entry in entry.value.map { HTTPHeader(entry.name, $0) } }.sorted { $0.name < $1.name }
  }
}
