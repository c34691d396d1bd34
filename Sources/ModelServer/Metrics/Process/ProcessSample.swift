/// The process at the moment of a scrape; nil where the system does not say.
public struct ProcessSample: Sendable, Equatable {
  /// The size of the address space.
  public var virtualMemoryBytes: Double?
  /// What of it is in memory.
  public var residentMemoryBytes: Double?
  /// Unix time in seconds.
  public var startTime: Double?
  /// User and system time.
  public var cpuSeconds: Double?
  /// Sockets included.
  public var openFileDescriptors: Double?
  /// The soft limit.
  public var maxFileDescriptors: Double?

  /// A sample that knows nothing.
  public init() {}
}
