/// `always-disagg-pd-decider` (llm-d): always.
struct AlwaysDecider: DisaggregationDecider {
  func disaggregates(decode: Int, _ context: PickContext) -> Bool { true }
}
