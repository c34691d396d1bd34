internal import HTTPServer

/// Which of the wanted resources of one API group and version are served, asked again until all are: definitions come
/// and go while this runs.
///
/// A state machine like `ListWatch`.
struct GroupDiscovery {
  enum Action: Equatable {
    /// Ask what the group has.
    case ask
    case reloadCredential
    /// It is served.
    case found(APIResource)
    /// It is not, for now; told once.
    case absent(APIResource)
    /// Nobody knows; told once for failures of a kind.
    case lost(RequestFailure)
    /// It is known again.
    case recovered
  }

  private(set) var missing: [APIResource]
  private var reported: Set<APIResource> = []
  private var backoff: Backoff
  private var trouble: RequestFailure?
  private let interval: Int64
  /// When to ask next; nil while the answer is awaited, and when there is nothing more to ask for.
  private(set) var deadline: MonotonicTime?

  /// Looks for `resources`, all of one group and version, every `interval` nanoseconds.
  init(_ resources: [APIResource], interval: Int64, seed: UInt64) {
    missing = resources
    self.interval = interval
    backoff = Backoff(seed: seed)
  }

  mutating func tick() -> [Action] {
    deadline = nil
    return missing.isEmpty ? [] : [.ask]
  }

  /// The group has these, by their plural names.
  mutating func receive(_ names: Set<String>, at now: MonotonicTime) -> [Action] {
    backoff.reset()
    var actions: [Action] = trouble == nil ? [] : [.recovered]
    trouble = nil
    for resource in missing {
      if names.contains(resource.plural) {
        actions.append(.found(resource))
      } else if reported.insert(resource).inserted {
        actions.append(.absent(resource))
      }
    }
    missing.removeAll { names.contains($0.plural) }
    deadline = missing.isEmpty ? nil : now + backoff.spread(interval)
    return actions
  }

  mutating func failed(_ failure: RequestFailure, at now: MonotonicTime) -> [Action] {
    // Not found is an answer: no such group.
    if failure.code == 404 { return receive([], at: now) }
    let isFirst = backoff.failures == 0
    var wait = backoff.next()
    var actions: [Action] = []
    if failure.code == 401 {
      actions.append(.reloadCredential)
      if isFirst { wait = 0 }
    }
    if failure.code == 403 { wait = backoff.spread(interval) }
    if !(isFirst && failure.code == 401), trouble.map({ !$0.isLike(failure) }) ?? true {
      trouble = failure
      actions.append(.lost(failure))
    }
    deadline = now + wait
    return actions
  }
}
