internal import EndpointPicking

/// Why a request got an error for an answer: the label `error_code` (GIE v1.5).
enum RequestFailureCode: Hashable, Sendable {
  /// The picker refused it.
  case refused(InferenceError.Code)
  /// The model server answered with an error, or not at all.
  case modelServerError
  /// Anything else.
  case unknown

  /// The label's value.
  var label: String {
    switch self {
    case .refused(let code): code.rawValue
    case .modelServerError: "ModelServerError"
    case .unknown: "Unknown"
    }
  }
}
