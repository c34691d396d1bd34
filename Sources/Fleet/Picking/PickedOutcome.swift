internal import EndpointPicking

/// What became of one pick.
struct PickedOutcome: Sendable {
  /// The chosen endpoint, or the refusal to answer with.
  var result: Result<PickedEndpoint, InferenceError>
  /// How long scheduling took, in nanoseconds, without the wait for other picks
  /// (`inference_extension_scheduler_e2e_duration_seconds`).
  var duration: Int64
  /// How it came about; only when the caller asked for it.
  var explanation: PickExplanation?
  /// How long each plugin took; `PoolPicker.pluginStages` says which is which. Only when the caller asked for it.
  var pluginDurations: [PluginDuration] = []
}

/// A chosen endpoint, with a request counted as on its way there.
struct PickedEndpoint: Sendable {
  /// The caller's handle for the endpoint.
  var token: Int
  /// Handles of those to which the request may be retried, in order of preference; seldom any.
  var fallbackTokens: [Int]
  /// The handle of the prefill endpoint of a disaggregated request.
  var prefillToken: Int?
  /// The decision: targets, headers to set and to remove, prefix blocks.
  var pick: Pick
  /// To be handed to `PoolPicker.finished` once.
  var ticket: PickTicket

  /// Which endpoint it is.
  var id: EndpointID { pick.targets[0].id }
  /// `host:port` to send the request to.
  var authority: String { pick.targets[0].authority }
  /// Headers to set on the request towards the model server.
  var requestHeaders: [HeaderField] { pick.requestHeaders }
  /// Headers, lower-case, to take off the request before that.
  var removedRequestHeaders: [String] { pick.removedRequestHeaders }
  /// Headers to set on the response towards the client.
  var responseHeaders: [HeaderField] { pick.responseHeaders }
  /// Blocks of the prompt that the endpoint is thought to hold, and all of them.
  var prefixBlocks: (matched: Int, total: Int) { pick.prefixBlocks }
  /// The bytes of the prompt that a block stands for.
  var prefixBlockBytes: Int { pick.prefixBlockBytes }
}
