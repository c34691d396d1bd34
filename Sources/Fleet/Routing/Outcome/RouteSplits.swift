internal import EndpointPicking
internal import Kubernetes

/// Where one request goes.
struct RouteChoice: Sendable {
  let target: RouteTarget
  /// To be applied to the request, in this order.
  var requestHeaders: [HeaderModifier] = []
  /// To be applied to the answer, in this order.
  var responseHeaders: [HeaderModifier] = []
  /// What servers see instead of the request's URL; copies' servers too.
  var rewrite: URLRewrite?
  /// Where copies of the request go, whose answers do not matter; never invalid ones.
  var mirrors: [RouteTarget] = []
}

/// The state of all weighted choices of a route table: of backends, and of whether to mirror.
struct RouteSplits: Sendable {
  /// How choices are made.
  let mode: SplitMode
  private var states: [RuleState] = []

  /// Splits for an empty table.
  init(mode: SplitMode = .random) { self.mode = mode }

  /// Makes the splits of `table`; a rule whose backends and weights are what they were goes on where it was.
  mutating func adopt(_ table: RouteTable) {
    let old = Dictionary(states.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    states = table.rules.map { RuleState($0, before: old[$0.id], mode: mode) }
  }

  /// How often the rules with several backends have chosen which, as many of them as a page can show.
  var shares: [RouteShares] {
    states.lazy.filter { $0.taken.count > 1 }.prefix(LiveSplit.limits.splits).map(\.shares)
  }

  /// Chooses the backend of a request and the mirrors that get a copy of it.
  ///
  /// - Parameter match: of the table that was adopted last.
  mutating func choose(_ match: RouteMatch, using generator: inout some RandomNumberGenerator) -> RouteChoice {
    let backends = match.rule.backends
    guard states.indices.contains(match.position),
      let index = states[match.position].backends.next(using: &generator), backends.indices.contains(index)
    else {
      return RouteChoice(target: .invalid(reason: "the rule has no backends, or none with a weight"))
    }
    states[match.position].taken[index] &+= 1
    let backend = backends[index]
    var choice = RouteChoice(
      target: backend.target, requestHeaders: backend.requestHeaders, responseHeaders: backend.responseHeaders,
      rewrite: backend.rewrite)
    if case .invalid = backend.target { return choice }
    for mirror in backend.mirrors {
      guard states[match.position].takes(mirror, using: &generator) else { continue }
      choice.mirrors.append(match.rule.mirrors[mirror].target)
    }
    return choice
  }
}

/// The choices of one rule.
private struct RuleState: Sendable {
  /// A reference with what it gets.
  private struct Part<Share: Hashable & Sendable>: Hashable, Sendable {
    let reference: BackendReference
    let share: Share
  }

  let id: RouteRule.ID
  private let parts: [Part<Int>]
  private let mirrorParts: [Part<HTTPRouteFilter.Share>]
  var backends: WeightedSplit
  /// How often each backend was chosen since they are what they are.
  var taken: [UInt64]
  private var mirrors: [WeightedSplit]

  init(_ rule: RouteRule, before: RuleState?, mode: SplitMode) {
    id = rule.id
    parts = rule.backends.map { Part(reference: $0.reference, share: $0.weight) }
    mirrorParts = rule.mirrors.map { Part(reference: $0.reference, share: $0.share) }
    if let before, before.parts == parts {
      backends = before.backends
      taken = before.taken
    } else {
      taken = rule.backends.map { _ in 0 }
      backends = WeightedSplit(weights: rule.backends.map(\.weight), mode: mode)
    }
    if let before, before.mirrorParts == mirrorParts {
      mirrors = before.mirrors
    } else {
      mirrors = rule.mirrors.map { mirror in
        let (taken, whole) = (mirror.share.numerator, mirror.share.denominator)
        return WeightedSplit(weights: [taken, max(whole - taken, 0)], mode: mode)
      }
    }
  }

  var shares: RouteShares {
    let limit = LiveSplit.limits.targets
    let targets = parts.prefix(limit).map { part in
      LiveSplit.Target(name: part.reference.name.name, weight: max(0, part.share))
    }
    return RouteShares(
      id: id, split: LiveSplit(chooser: .route(id), targets: targets), taken: Array(taken.prefix(limit)))
  }

  mutating func takes(_ mirror: Int, using generator: inout some RandomNumberGenerator) -> Bool {
    mirrors.indices.contains(mirror) && mirrors[mirror].next(using: &generator) == 0
  }
}
