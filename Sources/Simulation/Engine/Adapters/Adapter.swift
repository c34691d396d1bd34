/// What is known of one LoRA adapter, or of the base model, which needs no slot.
struct Adapter: Sendable {
  /// Where an adapter's weights are.
  enum Residence: Equatable, Sendable {
    /// Nowhere: it must be brought in before it can run.
    case absent
    /// In host memory only.
    case host
    /// In LoRA slot `slot` (0 is the first) and in host memory.
    case slot(Int)
    /// Always there: the base model.
    case permanent
  }

  var name: String
  var residence = Residence.absent
  /// Sequences that run with it.
  var running = 0
  /// Requests that wait to run with it, first come first.
  var waiting = SequenceList()
  /// When a sequence last began or ended with it, in ticks of the table.
  var lastUsed: UInt64 = 0

  var isLoaded: Bool {
    switch residence {
    case .slot, .permanent: true
    case .absent, .host: false
    }
  }

  var isInHostMemory: Bool {
    switch residence {
    case .slot, .host: true
    case .absent, .permanent: false
    }
  }
}
