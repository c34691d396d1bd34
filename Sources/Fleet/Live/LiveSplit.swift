internal import EndpointPicking
internal import Kubernetes

/// A weighted choice that objects ask for: of a rewrite's targets, or of a route's backends.
struct LiveSplit: Sendable, Hashable {
  /// What chooses.
  enum Chooser: Sendable, Hashable {
    /// A rule of a rewrite, for requests of these models; of all when there are none.
    case rewrite(String, models: [String])
    /// A rule of a route.
    case route(RouteRule.ID)
  }

  /// A target with its share.
  struct Target: Sendable, Hashable {
    var name: String
    /// 0 or more, relative to those of the other targets.
    var weight: Int
  }

  /// The most splits that are followed, and the most targets of one: what a page can show.
  static let limits = (splits: 32, targets: 16)

  var chooser: Chooser
  var targets: [Target]

  /// The share that `target` is to get, 0 to 1.
  func wanted(_ target: Target) -> Double {
    let total = targets.reduce(0) { $0 + $1.weight }
    return total == 0 ? 0 : Double(target.weight) / Double(total)
  }

  /// How often each target was chosen, by `reading`.
  func counts(in reading: LiveReading) -> [UInt64] {
    switch chooser {
    case .rewrite(let name, let models):
      var counts = [UInt64](repeating: 0, count: targets.count)
      for (labels, count) in reading.rewrites where labels.rewrite == name {
        guard models.isEmpty || models.contains(labels.incomingModel),
          let index = targets.firstIndex(where: { $0.name == labels.targetModel })
        else { continue }
        counts[index] &+= count
      }
      return counts
    case .route(let id):
      // One whose weights were others has begun anew.
      guard let shares = reading.routes.first(where: { $0.id == id && $0.split == self }) else {
        return targets.map { _ in 0 }
      }
      return shares.taken
    }
  }

  /// The splits of all rewrites of `pools`, in the order of the pools and of age; rules with one target split nothing.
  static func splits(of rewrites: RewriteStore, pools: [PoolID]) -> [LiveSplit] {
    var splits: [LiveSplit] = []
    for pool in pools {
      for rewrite in rewrites[pool].rewrites {
        for rule in rewrite.rules where rule.targets.count > 1 {
          guard splits.count < limits.splits else { return splits }
          splits.append(
            LiveSplit(
              chooser: .rewrite(rewrite.metadata.name.name, models: rule.models), targets: targets(of: rule)))
        }
      }
    }
    return splits
  }

  /// A rule's targets, each name once; when none has a weight, all are equal (GIE v1.5, weighted selection).
  private static func targets(of rule: InferenceModelRewrite.Rule) -> [Target] {
    let isWeighted = rule.targets.contains { ($0.weight ?? 0) > 0 }
    var targets: [Target] = []
    for target in rule.targets.prefix(limits.targets) {
      let weight = isWeighted ? max(0, target.weight ?? 0) : 1
      if let known = targets.firstIndex(where: { $0.name == target.modelRewrite }) {
        targets[known].weight += weight
      } else {
        targets.append(Target(name: target.modelRewrite, weight: weight))
      }
    }
    return targets
  }
}

/// How often a route's rule has chosen its backends since its weights are what they are.
struct RouteShares: Sendable {
  var id: RouteRule.ID
  var split: LiveSplit
  /// In the order of the split's targets.
  var taken: [UInt64]
}

/// The last minute of one split.
struct SplitTrack: Sendable {
  /// How many readings it keeps: differences are those of a minute.
  static let capacity = 61

  let split: LiveSplit
  private var marks: [[UInt64]]

  /// A split whose targets had been chosen so often before.
  init(_ split: LiveSplit, before counts: [UInt64]) {
    self.split = split
    marks = [counts]
  }

  /// The targets have been chosen so often by now.
  mutating func take(_ counts: [UInt64]) {
    marks.append(counts)
    if marks.count > Self.capacity { marks.removeFirst() }
  }

  /// How often each target was chosen within the last minute.
  var counts: [UInt64] {
    guard let first = marks.first, let last = marks.last else { return [] }
    // A route that came back anew counts from 0.
    return zip(first, last).map { $1 >= $0 ? $1 - $0 : $1 }
  }
}
