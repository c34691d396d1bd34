import JSON
import HTTPServer
import Simulation

/// What a self-check has found, as text or as JSON.
struct SelfCheckReport: Sendable {
  /// Some number of paced streams at once.
  struct Level: Sendable {
    let streams: Int
    /// Half of the tokens came no later than this, as the client saw it.
    let p50: Nanoseconds
    /// 99% came no later than this.
    let p99: Nanoseconds
    /// The bucket of `/metrics` that 99% lie below, in seconds; nil when the server counted nothing.
    let reported: Double?
    /// Resident memory, client included.
    let bytesPerStream: Double

    /// - Parameter lateness: in nanoseconds, not empty.
    init(streams: Int, lateness: [Int64], reported: Double?, bytesPerStream: Double) {
      let sorted = lateness.sorted()
      self.streams = streams
      p50 = Self.quantile(0.5, sorted)
      p99 = Self.quantile(0.99, sorted)
      self.reported = reported
      self.bytesPerStream = bytesPerStream
    }

    /// The smallest value that `share` of all do not exceed (nearest rank).
    private static func quantile(_ share: Double, _ sorted: [Int64]) -> Nanoseconds {
      let rank = Int((share * Double(sorted.count)).rounded(.up))
      return Nanoseconds(max(0, sorted[max(0, min(sorted.count, rank) - 1)]))
    }
  }

  let plan: SelfCheckPlan
  var requestsPerSecond = 0.0
  var tokensPerSecond = 0.0
  var levels: [Level] = []

  init(plan: SelfCheckPlan) { self.plan = plan }

  /// Every level up to the streams asked for was on time.
  var meetsTarget: Bool {
    let wanted = levels.filter { $0.streams <= plan.streams }
    return wanted.last?.streams == plan.streams && wanted.allSatisfy { $0.p99 < plan.target }
  }

  /// The most streams that were on time; 0 when none were.
  var carriedStreams: Int { levels.prefix { $0.p99 < plan.target }.last?.streams ?? 0 }

  // MARK: - Text

  /// Lines without a break at the end.
  var text: String {
    var lines = [
      "event loops: \(HTTPServer.defaultLoopCount); each measurement: \(DurationText.render(plan.duration))",
      "requests of one token: \(Int(requestsPerSecond)) per second",
      "tokens, streamed: \(Int(tokensPerSecond)) per second",
      "streams with a token every \(DurationText.render(plan.interTokenLatency)):",
    ]
    for level in levels {
      let reported = level.reported.map(Self.bucket) ?? "nothing"
      lines.append(
        "  \(level.streams): p50 \(Self.milliseconds(level.p50)) late, p99 \(Self.milliseconds(level.p99)) late "
          + "(\(reported) in /metrics), \(Int(level.bytesPerStream / 1024)) KiB each: "
          + (level.p99 < plan.target ? "ok" : "too late"))
    }
    return (lines + [verdict]).joined(separator: "\n")
  }

  private var verdict: String {
    let target = DurationText.render(plan.target)
    let pace = DurationText.render(plan.interTokenLatency)
    if carriedStreams == 0 {
      let tried = levels.first?.streams ?? plan.streams
      return "This machine does not carry \(tried) streams at \(pace) with p99 lateness below \(target)."
    }
    return "This machine carries about \(carriedStreams) streams at \(pace) with p99 lateness below \(target)"
      + (meetsTarget ? "." : ", fewer than the \(plan.streams) asked for.")
  }

  /// With two decimals.
  private static func milliseconds(_ span: Nanoseconds) -> String {
    let hundredths = span.count / 10_000
    return "\(hundredths / 100).\(String(hundredths % 100 + 100).dropFirst()) ms"
  }

  private static func bucket(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "more than 1s" }
    return "at most \(DurationText.render(.microseconds(Int64((seconds * 1e6).rounded()))))"
  }

  // MARK: - JSON

  /// One line; times in seconds.
  var json: String {
    JSONBuilder.object { object in
      object.add("ok", meetsTarget)
      object.add("event_loops", HTTPServer.defaultLoopCount)
      object.add("duration_seconds", plan.duration.seconds)
      object.add("requests_per_second", requestsPerSecond.rounded())
      object.add("tokens_per_second", tokensPerSecond.rounded())
      object.add("inter_token_latency_seconds", plan.interTokenLatency.seconds)
      object.add("lateness_target_seconds", plan.target.seconds)
      object.add("wanted_streams", plan.streams)
      object.add("carried_streams", carriedStreams)
      object.array("levels") { array in
        for level in levels { array.object { Self.write(level, target: plan.target, to: &$0) } }
      }
    }
  }

  private static func write(_ level: Level, target: Nanoseconds, to object: inout JSONBuilder) {
    object.add("streams", level.streams)
    object.add("lateness_p50_seconds", level.p50.seconds)
    object.add("lateness_p99_seconds", level.p99.seconds)
    // Beyond the last bucket there is no number to give.
    object.add("reported_p99_below_seconds", level.reported)
    object.add("bytes_per_stream", level.bytesPerStream.rounded())
    object.add("ok", level.p99 < target)
  }
}
