/// Finds the match that counts among those of one path.
///
/// Each is filed under one of the headers or query arguments whose exact value it asks for, the one with the most
/// values, so that a thousand rules that differ in a model's name take one look-up.
struct FieldIndex: Sendable {
  private enum Key: Hashable, Sendable, Comparable {
    case header(String)
    case query(String)
  }

  private struct Drawer: Sendable {
    let key: Key
    var entries: [String: [RouteEntry]]
  }

  /// Names with fewer values are not worth a look-up.
  private static let fewestValues = 4

  private var drawers: [Drawer] = []
  /// Those that are not in a drawer.
  private var others: [RouteEntry] = []

  /// - Parameter entries: in the order of precedence.
  init(_ entries: [RouteEntry]) {
    var values: [Key: Set<String>] = [:]
    for entry in entries {
      for (key, value) in Self.exactFields(of: entry) { values[key, default: []].insert(value) }
    }
    let worth = values.mapValues(\.count).filter { $0.value >= Self.fewestValues }
    var positions: [Key: Int] = [:]
    for entry in entries {
      let fields = Self.exactFields(of: entry).filter { worth[$0.key] != nil }
      let best = fields.max { a, b in
        (worth[a.key, default: 0], b.key) < (worth[b.key, default: 0], a.key)
      }
      guard let (key, value) = best else {
        others.append(entry)
        continue
      }
      if let position = positions[key] {
        drawers[position].entries[value, default: []].append(entry)
      } else {
        positions[key] = drawers.count
        drawers.append(Drawer(key: key, entries: [value: [entry]]))
      }
    }
  }

  func first(for request: some RouteRequest) -> RouteEntry? {
    var best = Self.first(in: others, for: request, before: .max)
    for drawer in drawers {
      let value =
        switch drawer.key {
        case .header(let name): request.header(name)
        case .query(let name): request.queryArgument(name)
        }
      guard let value, let list = drawer.entries[value] else { continue }
      best = Self.first(in: list, for: request, before: best?.order ?? .max) ?? best
    }
    return best
  }

  private static func first(
    in list: [RouteEntry], for request: some RouteRequest, before order: Int
  ) -> RouteEntry? {
    for entry in list {
      guard entry.order < order else { return nil }
      if entry.accepts(request) { return entry }
    }
    return nil
  }

  private static func exactFields(of entry: RouteEntry) -> [(key: Key, value: String)] {
    let headers = entry.headers.compactMap { field in field.value.exact.map { (Key.header(field.name), $0) } }
    return headers + entry.query.compactMap { field in field.value.exact.map { (Key.query(field.name), $0) } }
  }
}

extension RouteEntry.Text {
  fileprivate var exact: String? {
    guard case .exact(let text) = self else { return nil }
    return text
  }
}
