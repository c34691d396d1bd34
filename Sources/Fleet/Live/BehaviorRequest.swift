internal import JSON
internal import ModelServer
internal import OpenAIAPI

/// `POST /api/behavior`: which replicas to change, and how.
///
/// All fields may be missing: `replica` (a pod's name), `model` (one that replicas serve), `reset` (first back to what was
/// configured), `time_to_first_token_ms` and `inter_token_latency_ms` (0 to 86,400,000, fractions allowed),
/// `failure_injection_rate` (a whole percentage).
struct BehaviorRequest: Sendable, Equatable {
  /// Only the replica of this name.
  var replica: String?
  /// Only replicas that serve a model or adapter of this name.
  var model: String?
  var change = BehaviorChange()

  init() {}

  /// Throws a 400 that names the field, its limit and its value.
  init(_ root: JSONValue) throws(APIError) {
    for (key, value) in root.members where !value.isNull {
      switch key {
      case "replica": replica = try Self.name(value, "replica")
      case "model": model = try Self.name(value, "model")
      case "reset":
        guard let resets = value.bool else { throw Self.mismatch(value, "reset", "true or false") }
        change.resets = resets
      case "time_to_first_token_ms": change.timeToFirstToken = try Self.span(value, "time_to_first_token_ms")
      case "inter_token_latency_ms": change.interTokenLatency = try Self.span(value, "inter_token_latency_ms")
      case "failure_injection_rate":
        guard case .exact(let rate) = value.integer, (0...100).contains(rate) else {
          throw Self.mismatch(value, "failure_injection_rate", "a whole number from 0 to 100")
        }
        change.failureRatePercent = Int(rate)
      default:
        let known = "replica, model, reset, time_to_first_token_ms, inter_token_latency_ms, failure_injection_rate"
        throw .badRequest("'\(key.string.shown)' is no field of this request; it knows \(known).")
      }
    }
    guard change != BehaviorChange() else {
      throw .badRequest("The request changes nothing: give reset, a latency or failure_injection_rate.")
    }
  }

  private static func name(_ value: JSONValue, _ field: String) throws(APIError) -> String {
    guard let name = value.string else { throw mismatch(value, field, "a string") }
    return name
  }

  /// Milliseconds of at most a day, as nanoseconds.
  private static func span(_ value: JSONValue, _ field: String) throws(APIError) -> Int64 {
    guard let milliseconds = value.double, (0...86_400_000).contains(milliseconds) else {
      throw mismatch(value, field, "a number of milliseconds from 0 to 86400000")
    }
    return Int64(milliseconds * 1e6)
  }

  private static func mismatch(_ value: JSONValue, _ field: String, _ expected: String) -> APIError {
    let got: String =
      switch value.integer {
      case .exact(let number): "\(number)"
      case .fractional(let number): "\(number)"
      case .outOfRange: "a number out of range"
      case nil: value.kind.phrase
      }
    return .invalidField(field, expected: expected, got: got)
  }
}
