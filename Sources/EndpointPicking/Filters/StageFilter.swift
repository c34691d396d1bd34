/// `encode-filter`, `prefill-filter`, `decode-filter` (llm-d): pods whose role covers the stage; the decode filter also
/// keeps pods without a role.
struct StageFilter: Filter {
  var stages: StageSet

  static let encode = StageFilter(stages: .encode)
  static let prefill = StageFilter(stages: .prefill)
  static let decode = StageFilter(stages: [.decode, .unlabelled])

  func filter(_ candidates: inout [Int], _ context: PickContext, using generator: inout some RandomNumberGenerator) {
    candidates.removeAll { context.snapshot.stages[$0].isDisjoint(with: stages) }
  }
}
