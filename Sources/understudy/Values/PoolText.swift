import EndpointPicking
import Fleet

/// Pools as flags name them.
enum PoolText {
  /// `NAME` in the namespace `default`, or `NAMESPACE/NAME`; nil for other texts.
  static func pool(_ text: some StringProtocol, group: String = APIGroup.inference) -> PoolID? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let name = parts.last, parts.count <= 2, ObjectNameText.isSubdomain(name) else { return nil }
    guard parts.count == 2 else { return PoolID(namespace: "default", name: String(name), group: group) }
    guard ObjectNameText.isLabel(parts[0]) else { return nil }
    return PoolID(namespace: String(parts[0]), name: String(name), group: group)
  }

  /// `NAMESPACE/NAME=PORT`; nil for other texts.
  static func listener(_ text: String, group: String) -> PickerListener? {
    guard let equals = text.lastIndex(of: "="), text[..<equals].contains("/"),
      let pool = pool(text[..<equals], group: group),
      let port = Int(text[text.index(after: equals)...]), (0...65535).contains(port)
    else { return nil }
    return PickerListener(pool: pool, port: port)
  }
}
