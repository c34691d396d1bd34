/// Times a pick's plugins, which work one after the other: every reading of the clock ends one plugin's time and begins
/// the next one's, so that a plugin costs one reading. What lies between two plugins counts to the second.
///
/// Without a clock nothing is read and nothing is kept.
struct PluginTimer {
  private let clock: (() -> Int64)?
  private var last: Int64 = 0
  /// What has been measured, in order.
  private(set) var durations: [PluginDuration] = []

  /// Begins now, if there is a clock; it is read in nanoseconds. Room is made for `expected` plugins.
  init(_ clock: (() -> Int64)?, expecting expected: @autoclosure () -> Int) {
    self.clock = clock
    guard let clock else { return }
    durations.reserveCapacity(expected())
    last = clock()
  }

  /// Ends the time of the plugin at `stage` of `SchedulerConfiguration.pluginStages`.
  @inline(__always)
  mutating func lap(_ stage: Int) {
    guard let clock else { return }
    let now = clock()
    durations.append(PluginDuration(stage: stage, nanoseconds: max(0, now &- last)))
    last = now
  }

  /// Leaves out what was done since the last plugin.
  mutating func restart() {
    if let clock { last = clock() }
  }
}
