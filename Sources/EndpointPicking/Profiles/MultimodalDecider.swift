/// `always-disagg-multimodal-decider` (llm-d): when the request has images, video or audio.
struct MultimodalDecider: DisaggregationDecider {
  func disaggregates(decode: Int, _ context: PickContext) -> Bool { context.request.isMultimodal }
}
