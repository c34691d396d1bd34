/// What is wrong with an EndpointPickerConfig, and where.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The field, such as `plugins[2].parameters.threshold`; empty for the whole.
  public var path: String
  /// The offending value, shortened; nil when something is missing.
  public var value: String?
  /// Its line in the source, from 1; nil when unknown.
  public var line: Int?
  /// What is wrong.
  public var reason: String

  /// All of it in one sentence.
  public var description: String {
    let place = line.map { "line \($0): " } ?? ""
    let name = path.isEmpty ? "EndpointPickerConfig" : path
    return place + name + (value.map { " '\($0)'" } ?? "") + " " + reason
  }
}
