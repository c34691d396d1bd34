/// Decides which profiles run for a request and what their choices come to (GIE v1.5, ProfileHandler extension point).
protocol ProfileHandler: Sendable {
  /// What to do next, given what has run.
  func step(_ runs: ProfileRuns, _ context: PickContext) -> ProfileStep
  /// The profile that an explanation is about: the one whose choice is the destination.
  func primaryProfile(_ runs: ProfileRuns, _ context: PickContext) -> Int
}

/// A profile handler's next move.
enum ProfileStep: Sendable {
  /// Run the profile at this index.
  case run(Int)
  /// Done.
  case finish(ProfileConclusion)
  /// Nothing can be chosen.
  case fail(PickFailure)
}

/// What the profiles' choices come to.
struct ProfileConclusion: Sendable {
  /// The profile whose choice is the destination.
  var profile: Int
  /// Snapshot indexes, best first; not empty.
  var targets: [Int]
  /// The prefill endpoint.
  var prefill: Int?
  /// The encode endpoints.
  var encoders: [Int] = []
  /// The port to send to instead of the targets', where a sidecar spreads over data parallel ranks.
  var primaryPort: Int?
  /// Headers that only this handler may set.
  var ownedHeaders: [String] = []
}

/// What has run so far in one pick.
struct ProfileRuns: Sendable {
  private var runs: [ProfileRun?]

  init(count: Int) { runs = Array(repeating: nil, count: count) }

  /// Nothing has run.
  var isEmpty: Bool { runs.allSatisfy { $0 == nil } }

  /// What the profile came to; nil before it ran.
  subscript(profile: Int) -> ProfileRun? { runs[profile] }

  /// What the profile chose; nil when it did not run or chose nothing.
  func chosen(_ profile: Int) -> [Int]? {
    guard runs.indices.contains(profile), case .chosen(let targets) = runs[profile], !targets.isEmpty else {
      return nil
    }
    return targets
  }

  mutating func record(_ run: ProfileRun, of profile: Int) { runs[profile] = run }
}
