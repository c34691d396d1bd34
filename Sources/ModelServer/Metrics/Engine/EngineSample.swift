/// One engine at the moment of a scrape: its counts and its gauges.
public struct EngineSample: Sendable {
  /// What happened until now.
  public var metrics: EngineMetrics
  /// What is the case now.
  public var load: LoadSnapshot

  /// The two together.
  public init(metrics: EngineMetrics, load: LoadSnapshot) {
    self.metrics = metrics
    self.load = load
  }
}
