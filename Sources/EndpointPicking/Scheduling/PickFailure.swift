/// Why no endpoint was chosen (GIE v1.5, error table).
public enum PickFailure: Error, Sendable, Equatable {
  /// The pool is empty, or the subset matches nothing: 503.
  case noCandidates
  /// Every candidate was filtered out by a profile: 429.
  case allFiltered(profile: String, filter: String)
  /// The client asked for a profile that isn't there: 400.
  case unknownProfile(String)

  /// The HTTP status to answer with.
  public var status: Int {
    switch self {
    case .noCandidates: 503
    case .allFiltered: 429
    case .unknownProfile: 400
    }
  }

  /// The name of the error in GIE's answers.
  public var code: String {
    switch self {
    case .noCandidates: "ServiceUnavailable"
    case .allFiltered: "ResourceExhausted"
    case .unknownProfile: "BadRequest"
    }
  }

  /// The text behind `inference error: <code> - `.
  public var message: String {
    switch self {
    case .noCandidates: "failed to find endpoint candidates for serving the request"
    case .allFiltered(let profile, let filter):
      "failed to find target endpoint: no endpoint of profile '\(profile)' is left after filter '\(filter)'"
    case .unknownProfile(let name): "no scheduling profile is named '\(name)'"
    }
  }
}
