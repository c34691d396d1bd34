internal import Prometheus

/// One family of the catalogue: what it is called, which series each engine has in it, and where their values are.
struct EngineSeries: Sendable {
  enum Values: Sendable {
    /// One series per element of `variants`, its labels added to the engine's; nil leaves it out.
    case scalars(variants: [Labels], value: @Sendable (EngineSample, Int) -> Double?)
    case histogram(EngineHistogram)
  }

  var family: Family
  var values: Values
  /// vLLM counts some series in its front end, where no engine is known.
  var hasEngineLabel = true

  static func gauge(
    _ name: String, _ help: String, _ value: @escaping @Sendable (LoadSnapshot) -> Double
  ) -> EngineSeries {
    EngineSeries(
      family: Family(name, .gauge, help: help),
      values: .scalars(variants: [[:]]) { sample, _ in value(sample.load) })
  }

  static func gauges(
    _ name: String, _ help: String, by label: String, _ variants: [String],
    _ value: @escaping @Sendable (LoadSnapshot, Int) -> Double
  ) -> EngineSeries {
    EngineSeries(
      family: Family(name, .gauge, help: help),
      values: .scalars(variants: variants.map { [label: $0] }) { sample, index in value(sample.load, index) })
  }

  static func counter(
    _ name: String, _ help: String, _ value: @escaping @Sendable (EngineMetrics) -> Counter
  ) -> EngineSeries {
    EngineSeries(
      family: Family(name, .counter, help: help),
      values: .scalars(variants: [[:]]) { sample, _ in Double(value(sample.metrics).value) })
  }

  static func counters(
    _ name: String, _ help: String, by label: String, _ variants: [String],
    _ value: @escaping @Sendable (EngineMetrics, Int) -> Counter
  ) -> EngineSeries {
    EngineSeries(
      family: Family(name, .counter, help: help),
      values: .scalars(variants: variants.map { [label: $0] }) { Double(value($0.metrics, $1).value) })
  }

  static func histogram(_ name: String, _ help: String, _ histogram: EngineHistogram) -> EngineSeries {
    EngineSeries(family: Family(name, .histogram, help: help), values: .histogram(histogram))
  }
}
