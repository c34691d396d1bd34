internal import EndpointPicking
internal import Simulation

/// Endless requests whose prompts begin with one of 16 shared texts, as long as the rest, which is new in each.
struct Requests {
  private static let sharedTexts = 16

  private let aliases: [String]
  private var prompts: [[UInt8]] = []
  private var generator: SplitMix64
  private var count: UInt64 = 0

  /// With prompts of `promptBytes`, for the aliases of `rules` rules.
  init(promptBytes: Int, rules: Int) {
    aliases = (0..<max(rules, 1)).map { Self.alias($0) }
    generator = SplitMix64(seed: 3)
    if promptBytes > 0 {
      for _ in 0..<Self.sharedTexts {
        prompts.append((0..<promptBytes).map { _ in UInt8.random(in: 32...126, using: &generator) })
      }
    }
  }

  /// The name that the rule with that number rewrites.
  static func alias(_ rule: Int) -> String { "alias-\(rule)" }

  /// The next one; its model is drawn among all aliases.
  mutating func next() -> PickRequest {
    count += 1
    let model = aliases[Int.random(in: aliases.indices, using: &generator)]
    var request = PickRequest(id: "6f0a8d3e-52a6-5cdc-b9f4-829099ef1604", model: model)
    request.fairnessID = FlowKey.defaultFairnessID
    guard !prompts.isEmpty else { return request }
    let choice = Int(generator.next() % UInt64(prompts.count))
    // Blocks are chained, so one changed word makes all blocks from there on new.
    withUnsafeBytes(of: count) { word in
      prompts[choice].replaceSubrange(
        (prompts[choice].count / 2)..<(prompts[choice].count / 2 + word.count), with: word)
    }
    request.prefixText = prompts[choice]
    request.bodyBytes = request.prefixText.count
    return request
  }
}
