/// What a pick knows of a request.
public struct PickRequest: Sendable {
  /// The request's id, for logs and explanations.
  public var id: String
  /// The model that the client named.
  public var incomingModel: String
  /// The model that the server will be asked for: after rewrites.
  public var targetModel: String
  /// What prefix matching hashes: the prompt's text, or the messages as JSON (GIE v1.5, prefix matching).
  public var prefixText: [UInt8] = []
  /// Keeps prefixes of different salts apart; empty for none.
  public var cacheSalt = ""
  /// Higher goes first; negative may be shed.
  public var priority = 0
  /// Requests of one id share fairly with those of others; empty for the default flow.
  public var fairnessID = ""
  /// The size of the body.
  public var bodyBytes = 0
  /// Request headers by lower-case name.
  public var headers: [String: String] = [:]
  /// The request has images, video or audio.
  public var isMultimodal = false

  /// A request for `model`.
  public init(id: String, model: String) {
    self.id = id
    incomingModel = model
    targetModel = model
  }
}
