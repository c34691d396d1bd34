public import HTTPServer

/// One of several candidates for the lead, which a Lease decides (as client-go's leaderelection does).
///
/// The clocks of the candidates are not compared: a lease of someone else counts as over when it has not changed for as
/// long as it says, by one's own clock. A leader that cannot renew its lease in time stops leading well before that.
/// A state machine without clock or network of its own.
public struct LeaderElection: Sendable {
  /// Times, in nanoseconds.
  public struct Settings: Sendable {
    /// How long a lease is valid after each renewal; whole seconds.
    public var leaseDuration: Int64 = 15_000_000_000
    /// After how long without a renewal a leader gives up; less than `leaseDuration`.
    public var renewDeadline: Int64 = 10_000_000_000
    /// How often to look, and to renew.
    public var retryPeriod: Int64 = 2_000_000_000

    /// client-go's times: 15 s, 10 s and 2 s.
    public init() {}
  }

  /// What is to be done, in order.
  public enum Action: Hashable, Sendable {
    /// Read the lease.
    case read
    /// Make it; it was not there.
    case create(LeaseRecord)
    /// Replace it, if it is still the one with this metadata.
    case update(Lease)
    /// Lead from now on.
    case gained
    /// Do not lead any more.
    case lost
    /// Someone else leads; empty: nobody.
    case observed(String)
  }

  private enum Phase {
    case idle
    case asking
    case waiting(until: MonotonicTime)
  }

  /// Who this is among the candidates.
  public let identity: String
  /// It leads.
  public private(set) var isLeader = false

  private let settings: Settings
  private var phase = Phase.idle
  private var observed: Lease?
  private var observedAt: MonotonicTime = 0
  /// When the last successful renewal was sent, and the one under way.
  private var renewedAt: MonotonicTime = 0
  private var sentAt: MonotonicTime = 0
  private var told = ""
  private var jitter: Backoff

  /// A candidate that has not begun; `identity` must be unique among the candidates.
  public init(identity: String, settings: Settings = Settings(), seed: UInt64) {
    self.identity = identity
    self.settings = settings
    jitter = Backoff(seed: seed)
  }

  /// When `tick` is due; nil: not at all.
  public var deadline: MonotonicTime? {
    let end = isLeader ? renewedAt + settings.renewDeadline : nil
    return switch phase {
    case .idle: nil
    case .asking: end
    case .waiting(let until): min(until, end ?? until)
    }
  }

  /// Begins.
  public mutating func start() -> [Action] { ask() }

  /// Time has come.
  public mutating func tick(at now: MonotonicTime) -> [Action] {
    var actions = expire(at: now)
    if case .waiting(let until) = phase, until <= now { actions += ask() }
    return actions
  }

  /// The lease was read; nil: it is not there. `date` is the time of day in nanoseconds since 1970.
  public mutating func read(_ lease: Lease?, at now: MonotonicTime, date: Int64) -> [Action] {
    guard case .asking = phase else { return [] }
    sentAt = now
    let time = LeaseTime.text(date)
    let seconds = Int(settings.leaseDuration / 1_000_000_000)
    guard let lease else {
      return expire(at: now) + [
        .create(LeaseRecord(holder: identity, seconds: seconds, acquired: time, renewed: time))
      ]
    }
    observe(lease, at: now)
    var actions = expire(at: now)
    let holder = lease.record.holder
    if holder != identity {
      if isLeader { actions += resign() }
      let validity = Int64(min(max(lease.record.seconds, 1), 86_400)) * 1_000_000_000
      if !holder.isEmpty, observedAt + validity > now {
        wait(at: now)
        return actions + tellHolder()
      }
    }
    var record = LeaseRecord(
      holder: identity, seconds: seconds, acquired: lease.record.acquired, renewed: time,
      transitions: lease.record.transitions)
    if holder != identity {
      record.acquired = time
      record.transitions += 1
    }
    return actions + [.update(Lease(record: record, metadata: lease.metadata))]
  }

  /// The lease was created or updated, and is this now.
  public mutating func written(_ lease: Lease, at now: MonotonicTime) -> [Action] {
    guard case .asking = phase else { return [] }
    observe(lease, at: now)
    guard lease.record.holder == identity else {
      wait(at: now)
      return tellHolder()
    }
    // Others count from when they see it, which is not before it was sent.
    renewedAt = sentAt
    let actions = isLeader ? [] : tellHolder() + [.gained]
    isLeader = true
    wait(at: now)
    return actions + expire(at: now)
  }

  /// Reading or writing has failed, perhaps because someone else was faster.
  public mutating func failed(at now: MonotonicTime) -> [Action] {
    guard case .asking = phase else { return [] }
    wait(at: now)
    return expire(at: now)
  }

  /// Ends the candidacy; a leader hands the lease back, so that nobody need wait for its end.
  public mutating func stop(date: Int64) -> [Action] {
    phase = .idle
    guard isLeader, let observed else { return [] }
    isLeader = false
    let time = LeaseTime.text(date)
    let record = LeaseRecord(
      holder: "", seconds: 1, acquired: time, renewed: time, transitions: observed.record.transitions)
    return [.lost, .update(Lease(record: record, metadata: observed.metadata))]
  }

  // MARK: - Steps

  private mutating func ask() -> [Action] {
    phase = .asking
    return [.read]
  }

  private mutating func wait(at now: MonotonicTime) {
    // Candidates spread out; a leader keeps its pace.
    let extra = isLeader ? 0 : Int64(jitter.draw(upTo: UInt64(max(settings.retryPeriod, 0))))
    phase = .waiting(until: now + settings.retryPeriod + extra)
  }

  private mutating func observe(_ lease: Lease, at now: MonotonicTime) {
    if observed?.record != lease.record { observedAt = now }
    observed = lease
  }

  private mutating func expire(at now: MonotonicTime) -> [Action] {
    isLeader && now - renewedAt >= settings.renewDeadline ? resign() : []
  }

  private mutating func resign() -> [Action] {
    isLeader = false
    return [.lost]
  }

  private mutating func tellHolder() -> [Action] {
    let holder = observed?.record.holder ?? ""
    if holder == told { return [] }
    told = holder
    return [.observed(holder)]
  }
}
