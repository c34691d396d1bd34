/// Says whether a stage goes to an endpoint of its own (llm-d, deciders).
protocol DisaggregationDecider: Sendable {
  /// `decode` is the snapshot index of the chosen decode endpoint.
  func disaggregates(decode: Int, _ context: PickContext) -> Bool
}
