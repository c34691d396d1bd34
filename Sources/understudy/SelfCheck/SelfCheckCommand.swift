import ArgumentParser
import Simulation

/// `understudy self-check`: what this machine carries, so that a load test knows whether the mock is its limit.
struct SelfCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "self-check",
    abstract: "Measure what the mock carries on this machine.",
    discussion: """
      Starts a server on a free port of 127.0.0.1, loads it from the same process for a few seconds, and prints \
      requests per second, streamed tokens per second, and how late tokens of paced streams come. Ends with 1 when \
      the streams asked for come later than the target allows.
      """)

  @Option(help: "Streams that must be on time, 1 to 16384. Default: 1000.")
  var streams: String?

  @Option(help: "How late the latest hundredth of their tokens may come, for example 5ms. Default: 5ms.")
  var latenessTarget: String?

  @Option(help: "Length of each measurement, 100ms to 60s; a plain number is in seconds. Default: 2.")
  var duration: String?

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  /// Checks what the command was given.
  func plan() throws(LaunchError) -> SelfCheckPlan {
    var plan = SelfCheckPlan()
    plan.streams = try FlagText.integer("streams", streams, in: 1...16_384) ?? plan.streams
    if let span = try FlagText.span("lateness-target", latenessTarget, plain: .milliseconds(1)) {
      guard span > .zero else { throw FlagText.refusal("lateness-target", "must be more than 0", latenessTarget ?? "") }
      plan.target = span
    }
    if let span = try FlagText.span("duration", duration, plain: .seconds(1)) {
      guard (.milliseconds(100)...(.seconds(60))).contains(span) else {
        throw FlagText.refusal("duration", "must be 100ms to 60s", duration ?? "")
      }
      plan.duration = span
    }
    return plan
  }

  func run() throws {
    let report = try SelfCheck(plan()).run()
    StandardStream.output.write((json ? report.json : report.text) + "\n")
    if !report.meetsTarget { throw ExitCode(LaunchError.runtime) }
  }
}

/// What a self-check measures.
struct SelfCheckPlan: Sendable, Equatable {
  /// Streams that must be on time.
  var streams = 1_000
  /// The lateness that 99% of their tokens must stay below.
  var target = Nanoseconds.milliseconds(5)
  /// Of each measurement.
  var duration = Nanoseconds.seconds(2)
  /// Between two tokens of a paced stream, and before the first.
  var interTokenLatency = Nanoseconds.milliseconds(50)
}
