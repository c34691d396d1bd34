internal import EndpointPicking
internal import Prometheus

/// How long plugins take, by plugin and extension point.
///
/// The labels of a scheduler's plugins are looked up once, at its first pick; after that, counting is arithmetic on an
/// array. There are as many series as configurations name plugins.
struct PluginTimes: Sendable {
  private struct Known: Sendable {
    let stages: [PluginStage]
    /// The number of each stage's series.
    let positions: [Int]
  }

  /// The histograms.
  private(set) var series = SeriesTable<PluginStage, Histogram>()
  private var known: [Known] = []

  /// Counts what a pick's plugins took; `stages` are those of its configuration. A time that belongs to none is left
  /// out.
  mutating func observe(_ durations: [PluginDuration], of stages: [PluginStage]) {
    if durations.isEmpty { return }
    let index = index(of: stages)
    for duration in durations where known[index].positions.indices.contains(duration.stage) {
      series.values[known[index].positions[duration.stage]].observe(duration.nanoseconds.seconds)
    }
  }

  /// Adds what another share counted.
  mutating func merge(_ other: PluginTimes) { series.merge(other.series, relabel: { $0 }) { $0.merge($1) } }

  private mutating func index(of stages: [PluginStage]) -> Int {
    // Arrays that share their storage, as those of one picker do, are equal without a look at their elements.
    if let index = known.firstIndex(where: { $0.stages == stages }) { return index }
    var positions: [Int] = []
    for stage in stages { positions.append(series.position(of: stage, initially: Histogram(PickerBuckets.scheduling))) }
    known.append(Known(stages: stages, positions: positions))
    return known.count - 1
  }
}
