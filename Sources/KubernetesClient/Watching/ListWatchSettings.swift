/// Times and sizes of a `ListWatch`.
public struct ListWatchSettings: Sendable {
  /// Objects per page.
  public var pageSize = 100
  /// A watch lasts this many seconds at least and twice as many at most, by chance, as in client-go.
  public var watchSeconds = 300
  /// How long after its time a watch may go on before it counts as dead; nanoseconds.
  public var watchGrace: Int64 = 15_000_000_000
  /// When to try again what is forbidden (403) or not there (404), at most; nanoseconds.
  public var slowRetry: Int64 = 30_000_000_000
  /// A watch that lasted this long makes earlier failures forgotten; nanoseconds.
  public var calmAfter: Int64 = 10_000_000_000
  /// Waits between attempts.
  public var backoff: Backoff

  /// The defaults; equal seeds give equal waits.
  public init(seed: UInt64) { backoff = Backoff(seed: seed) }
}
