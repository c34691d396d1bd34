/// What all frames and choices of one answer share.
public struct ResponseIdentity: Equatable, Sendable {
  /// With its prefix: `chatcmpl-…` or `cmpl-…`.
  public var id: String
  /// Unix seconds.
  public var created: Int64
  /// The displayed model or the adapter.
  public var model: String
  /// nil is sent as null, and left out of streams.
  public var systemFingerprint: String?

  /// The identity of a chat's answer, with vLLM's prefix.
  public static func chat(
    requestID: String, created: Int64, model: String, systemFingerprint: String? = nil
  ) -> ResponseIdentity {
    ResponseIdentity(
      id: "chatcmpl-" + requestID, created: created, model: model, systemFingerprint: systemFingerprint)
  }

  /// The identity of a completion's answer, with vLLM's prefix.
  public static func completion(
    requestID: String, created: Int64, model: String, systemFingerprint: String? = nil
  ) -> ResponseIdentity {
    ResponseIdentity(id: "cmpl-" + requestID, created: created, model: model, systemFingerprint: systemFingerprint)
  }
}
