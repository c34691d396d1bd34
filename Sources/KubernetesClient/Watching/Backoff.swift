/// How long to wait between attempts: twice as long each time up to a bound, half of it by chance, so that many clients
/// that lost one server do not come back all at once.
public struct Backoff: Sendable {
  /// The first wait at most, in nanoseconds.
  public var initial: Int64
  /// Every wait at most, in nanoseconds.
  public var cap: Int64
  /// Attempts that failed since the last success.
  public private(set) var failures = 0
  private var state: UInt64

  /// client-go's times: 0.8 s, doubled up to 30 s. Equal seeds give equal waits.
  public init(initial: Int64 = 800_000_000, cap: Int64 = 30_000_000_000, seed: UInt64) {
    self.initial = initial
    self.cap = cap
    state = seed
  }

  /// The wait after one more failure: between half of what is due and all of it.
  public mutating func next() -> Int64 {
    let exponent = min(failures, 30)
    failures += 1
    let (doubled, overflow) = initial.multipliedReportingOverflow(by: 1 << Int64(exponent))
    return spread(overflow ? cap : min(doubled, cap))
  }

  /// Between half of `wait` and all of it, by chance.
  public mutating func spread(_ wait: Int64) -> Int64 {
    let half = max(wait, 0) / 2
    return wait - Int64(draw(upTo: UInt64(half)))
  }

  /// The next failure counts as the first.
  public mutating func reset() { failures = 0 }

  /// A number from 0 to `bound`.
  mutating func draw(upTo bound: UInt64) -> UInt64 {
    // SplitMix64 (Steele, Lea, Flood, 2014). The bias of the remainder does not matter here.
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return bound == .max ? mixed : mixed % (bound + 1)
  }
}
