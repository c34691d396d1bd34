/// Why an object, or a whole file, is refused, or what is doubtful about it.
public struct ManifestError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file's name.
  public var file: String
  /// The line of the field, counted from 1.
  public var line: Int
  /// The object as `Kind namespace/name`, as much of it as is known; nil when the file is not YAML.
  public var object: String?
  /// The field as `spec.rules[0].targets`; empty when the object as a whole is meant.
  public var field: String
  /// What is wrong.
  public var reason: String

  /// The problem `reason` in `file`.
  public init(file: String, line: Int, object: String? = nil, field: String = "", reason: String) {
    self.file = file
    self.line = line
    self.object = object
    self.field = field
    self.reason = reason
  }

  /// One line: `file:line: Kind namespace/name: field: reason`.
  public var description: String {
    let parts = ["\(file):\(line)", object ?? "", field, reason]
    return parts.filter { !$0.isEmpty }.joined(separator: ": ")
  }
}
