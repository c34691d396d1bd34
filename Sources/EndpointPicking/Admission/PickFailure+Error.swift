extension PickFailure {
  /// The refusal that a client sees.
  public var error: InferenceError {
    InferenceError(
      InferenceError.Code(rawValue: code) ?? .internalError, message,
      dropped: self == .noCandidates ? .noEndpoints : nil)
  }
}
