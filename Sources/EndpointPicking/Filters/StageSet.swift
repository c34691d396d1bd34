/// The stages of disaggregated serving that a pod's role covers (llm-d, label `llm-d.ai/role`).
struct StageSet: OptionSet, Sendable {
  let rawValue: UInt8

  static let encode = StageSet(rawValue: 1)
  static let prefill = StageSet(rawValue: 2)
  static let decode = StageSet(rawValue: 4)
  /// The pod has no role label.
  static let unlabelled = StageSet(rawValue: 8)

  /// The label's name.
  static let label = "llm-d.ai/role"

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// What a label's value covers; an unknown one covers nothing.
  init(label: String?) {
    switch label {
    case nil: self = .unlabelled
    case "encode": self = .encode
    case "prefill": self = .prefill
    case "decode": self = .decode
    case "encode-prefill": self = [.encode, .prefill]
    case "prefill-decode", "both": self = [.prefill, .decode]
    case "encode-prefill-decode": self = [.encode, .prefill, .decode]
    default: self = []
    }
  }
}
