public import EndpointPicking
public import HTTPServer

/// How the objects of one kind are kept equal to the API server's: list them, watch from there on, and begin anew when
/// that leads nowhere (Kubernetes API concepts, "Efficient detection of changes").
///
/// A state machine without clock, network or randomness of its own: it is told what happened and says what to do. What
/// it has said of the objects stays in force whatever happens to the server; only a complete list or an event takes an
/// object away.
public struct ListWatch<Object: Sendable>: Sendable {
  private enum Next { case list, watch }

  private enum Phase {
    case idle
    case listing(Listing)
    case watching(Watching)
    case waiting(until: MonotonicTime, Next)
  }

  private struct Listing {
    var items: [NamespacedName: Item] = [:]
    var order: [NamespacedName] = []
    var next: String?
  }

  private struct Watching {
    let since: MonotonicTime
    let deadline: MonotonicTime
    var isOpen = false
    var hasNews = false
  }

  private struct Known {
    var version: String
    /// It has been set, and not only seen.
    var isSet: Bool
  }

  private let settings: ListWatchSettings
  private var backoff: Backoff
  private var phase = Phase.idle
  private var known: [NamespacedName: Known] = [:]
  /// Everything up to here is known.
  private var version = ""
  private var isPaged = true
  private var isSynced = false
  /// What was asked for was too old, and nothing has been told since.
  private var isExpired = false
  private var trouble: RequestFailure?

  /// Nothing is known, nothing asked for.
  public init(_ settings: ListWatchSettings) {
    self.settings = settings
    backoff = settings.backoff
  }

  /// When `tick` is due; nil: not at all.
  public var deadline: MonotonicTime? {
    switch phase {
    case .idle, .listing: nil
    case .watching(let watching): watching.deadline
    case .waiting(let until, _): until
    }
  }

  /// The names of the objects that are set.
  public var names: Set<NamespacedName> { Set(known.lazy.filter(\.value.isSet).map(\.key)) }

  /// The version of `name` that was seen last; nil: none.
  public func version(of name: NamespacedName) -> String? { known[name]?.version }

  // MARK: - Inputs

  /// Begins.
  public mutating func start(at now: MonotonicTime) -> [Action] {
    guard case .idle = phase else { return [] }
    return [list()]
  }

  /// Time has come: `deadline` is over.
  public mutating func tick(at now: MonotonicTime) -> [Action] {
    switch phase {
    case .waiting(let until, let next) where until <= now:
      switch next {
      case .list: return [list()]
      case .watch: return [watch(at: now)]
      }
    case .watching(let watching) where watching.deadline <= now:
      return [.cancel] + failed(.transport("the watch did not end in time"), at: now)
    default: return []
    }
  }

  /// A page has arrived.
  public mutating func receive(_ page: Page, at now: MonotonicTime) -> [Action] {
    guard case .listing(var listing) = phase else { return [] }
    for item in page.items {
      if listing.items.updateValue(item, forKey: item.name) == nil { listing.order.append(item.name) }
    }
    if let next = page.next {
      if next == listing.next { return failed(.malformed("the list goes round in circles"), at: now) }
      listing.next = next
      phase = .listing(listing)
      return [.send(.list(limit: isPaged ? settings.pageSize : nil, next: next))]
    }
    var actions = found()
    for name in listing.order { if let item = listing.items[name] { actions += set(item) } }
    // Sorted, so that equal histories lead to equal actions.
    for name in known.keys.filter({ listing.items[$0] == nil }).sorted() { actions += remove(name) }
    version = page.version
    isPaged = true
    if !isSynced {
      isSynced = true
      actions.append(.synced)
    }
    return actions + [watch(at: now)]
  }

  /// The watch was accepted; events follow.
  public mutating func opened() -> [Action] {
    guard case .watching(var watching) = phase else { return [] }
    watching.isOpen = true
    phase = .watching(watching)
    return found()
  }

  /// The watch has told something.
  public mutating func receive(_ event: Event, at now: MonotonicTime) -> [Action] {
    guard case .watching(var watching) = phase else { return [] }
    if case .error(let failure) = event { return [.cancel] + failed(failure, at: now) }
    watching.hasNews = true
    isExpired = false
    phase = .watching(watching)
    switch event {
    case .set(let item):
      // The server tells everything in order, so that what is old now has been told before.
      if ResourceVersion.isNotNewer(item.version, than: version) { return [] }
      version = item.version
      return set(item)
    case .removed(let name, let version):
      if ResourceVersion.isNotNewer(version, than: self.version) { return [] }
      self.version = version
      return remove(name)
    case .bookmark(let version):
      if ResourceVersion.isOlder(self.version, than: version) || UInt64(version) == nil { self.version = version }
      return []
    case .error: return []
    }
  }

  /// The watch has ended as it should: between two events.
  public mutating func ended(at now: MonotonicTime) -> [Action] {
    guard case .watching(let watching) = phase else { return [] }
    // Without this a server that ends every watch at once would be asked without a pause.
    guard watching.hasNews || now - watching.since >= 1_000_000_000 else {
      phase = .waiting(until: now + backoff.next(), .watch)
      return []
    }
    backoff.reset()
    return [watch(at: now)]
  }

  /// The request that was under way has led to nothing, or the watch has broken off.
  public mutating func failed(_ failure: RequestFailure, at now: MonotonicTime) -> [Action] {
    var next = Next.list
    var isSurprise = true
    switch phase {
    case .idle, .waiting: return []
    case .listing: break
    case .watching(let watching):
      next = .watch
      // That a stream breaks is ordinary; that the next one cannot be had is not.
      isSurprise = !watching.isOpen
      if watching.isOpen, now - watching.since >= settings.calmAfter {
        backoff.reset()
        isExpired = false
      }
    }
    if failure.isExpired { return expired(failure, at: now) }
    let isFirst = backoff.failures == 0
    var actions: [Action] = []
    var wait = backoff.next()
    switch failure {
    case .malformed: next = .list
    case .transport: break
    case .status(let status):
      if backoff.failures >= 3 { next = .list }
      switch status.code {
      case 401:
        actions.append(.reloadCredential)
        isSurprise = !isFirst
        if isFirst { wait = 0 }
      case 403, 404:
        isSurprise = true
        wait = backoff.spread(settings.slowRetry)
      default: wait = max(wait, status.retryAfter ?? 0)
      }
    }
    if isSurprise || !isFirst { actions += lost(failure) }
    phase = .waiting(until: now + wait, next)
    return actions
  }

  /// What is known is kept until a new list is complete. That it is needed is ordinary, but not twice in a row.
  private mutating func expired(_ failure: RequestFailure, at now: MonotonicTime) -> [Action] {
    // Pages can expire too: then all is asked for at once.
    if case .listing(let listing) = phase, listing.next != nil { isPaged = false }
    defer { isExpired = true }
    phase = .waiting(until: isExpired ? now + backoff.next() : now, .list)
    return isExpired ? lost(failure) : []
  }

  // MARK: - Steps

  private mutating func list() -> Action {
    phase = .listing(Listing())
    return .send(.list(limit: isPaged ? settings.pageSize : nil, next: nil))
  }

  private mutating func watch(at now: MonotonicTime) -> Action {
    let seconds = settings.watchSeconds + Int(backoff.draw(upTo: UInt64(max(settings.watchSeconds, 0))))
    phase = .watching(
      Watching(since: now, deadline: now + Int64(seconds) * 1_000_000_000 + settings.watchGrace))
    return .send(.watch(version: version, seconds: seconds))
  }

  private mutating func lost(_ failure: RequestFailure) -> [Action] {
    if let trouble, trouble.isLike(failure) { return [] }
    trouble = failure
    return [.lost(failure)]
  }

  private mutating func found() -> [Action] {
    if trouble == nil { return [] }
    trouble = nil
    return [.found]
  }

  private mutating func set(_ item: Item) -> [Action] {
    let old = known[item.name]
    if old?.version == item.version { return [] }
    known[item.name] = Known(version: item.version, isSet: item.object != nil || old?.isSet == true)
    return item.object.map { [.set(item.name, $0)] } ?? []
  }

  private mutating func remove(_ name: NamespacedName) -> [Action] {
    known.removeValue(forKey: name)?.isSet == true ? [.remove(name)] : []
  }
}
