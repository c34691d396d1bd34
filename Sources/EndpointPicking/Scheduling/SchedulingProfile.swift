/// Filters, weighted scorers and a picker that choose endpoints together (GIE v1.5, scheduling profile).
///
/// total = sum over scorers of weight x score, each score clamped to 0...1.
struct SchedulingProfile: Sendable {
  struct NamedFilter: Sendable {
    var plugin: PluginIdentity
    var filter: any Filter

    /// The plugin's name.
    var name: String { plugin.name }
  }

  struct WeightedScorer: Sendable {
    var plugin: PluginIdentity
    var weight: Double
    var scorer: any Scorer

    /// The plugin's name.
    var name: String { plugin.name }
  }

  /// The profile's name.
  var name: String
  /// In order.
  var filters: [NamedFilter] = []
  /// In order.
  var scorers: [WeightedScorer] = []
  /// Chooses from the totals.
  var picker: any Picker = MaxScorePicker()
  /// What the picker is called.
  var pickerPlugin = PluginIdentity("max-score-picker")

  /// Chooses from `candidates`; `trace` is filled in when there is one, and `timer` hears of each plugin, the first of
  /// which is at `firstStage`.
  func run(
    _ candidates: [Int], _ context: PickContext, trace: inout ProfileTrace?, timer: inout PluginTimer,
    firstStage: Int, using generator: inout some RandomNumberGenerator
  ) -> ProfileRun {
    var kept = candidates
    var stage = firstStage
    for filter in filters {
      filter.filter.filter(&kept, context, using: &generator)
      timer.lap(stage)
      stage += 1
      trace?.filters.append(.init(name: filter.name, kept: kept.count))
      if kept.isEmpty { return .emptied(by: filter.name) }
    }
    guard !kept.isEmpty else { return .emptied(by: "") }
    var totals = [Double](repeating: 0, count: kept.count)
    var scores = totals
    for scorer in scorers {
      if scorers.count > 1 { for position in scores.indices { scores[position] = 0 } }
      scorer.scorer.score(kept, context, into: &scores)
      Self.add(&scores, times: scorer.weight, to: &totals)
      timer.lap(stage)
      stage += 1
      if trace != nil {
        trace?.scores.append(scores)
        timer.restart()
      }
    }
    if trace != nil {
      trace?.candidates = kept
      trace?.totals = totals
      timer.restart()
    }
    let chosen = picker.pick(totals, using: &generator).map { kept[$0] }
    timer.lap(stage)
    return .chosen(chosen)
  }

  /// Clamps scores to 0...1 (not a number becomes 0) and adds them, weighted.
  static func add(_ scores: inout [Double], times weight: Double, to totals: inout [Double]) {
    for position in scores.indices {
      let score = scores[position] > 0 ? min(scores[position], 1) : 0
      scores[position] = score
      totals[position] += weight * score
    }
  }
}

/// What a profile came to.
enum ProfileRun: Sendable, Equatable {
  /// Snapshot indexes, best first.
  case chosen([Int])
  /// Nothing was left after the filter of that name.
  case emptied(by: String)
}

/// What happened in a profile's run, for an explanation.
struct ProfileTrace: Sendable {
  /// How many each filter kept.
  var filters: [PickExplanation.FilterResult] = []
  /// Snapshot indexes of those that were rated.
  var candidates: [Int] = []
  /// By scorer, then candidate; clamped.
  var scores: [[Double]] = []
  /// By candidate.
  var totals: [Double] = []
}
