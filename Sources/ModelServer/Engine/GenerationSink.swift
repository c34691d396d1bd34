internal import Simulation

/// What happens to one sequence, as told to whoever asked for it.
enum SequenceEvent: Sendable {
  case accepted(GeneratedOutput)
  case queueFull(limit: Int)
  case backlogFull(limit: Int)
  case exceedsKVCache(promptTokens: Int, capacityTokens: Int)
  /// Tokens `range` of the output are out; they were due at that instant.
  case tokens(Range<Int>, due: Instant)
  case finished(SequenceEnd)
}

/// How and when a sequence ended.
///
/// A class, so that the event of every token stays small.
final class SequenceEnd: Sendable {
  let reason: FinishReason
  let arrival: Instant
  let scheduled: Instant
  let firstToken: Instant
  let lastToken: Instant
  /// The engine's load at that moment, when the submission asked for it.
  let load: LoadSnapshot?

  init(
    reason: FinishReason, arrival: Instant, scheduled: Instant, firstToken: Instant, lastToken: Instant,
    load: LoadSnapshot?
  ) {
    self.reason = reason
    self.arrival = arrival
    self.scheduled = scheduled
    self.firstToken = firstToken
    self.lastToken = lastToken
    self.load = load
  }
}

/// Receives the events of the sequences of one request, on the request's own loop.
protocol GenerationSink: AnyObject {
  /// `sequence` is the position in the request's list of sequences.
  func receive(_ event: SequenceEvent, sequence: Int)
}

/// Where events go: to an object on the engine's own loop, or by courier to another loop's job.
enum SinkReference {
  case local(any GenerationSink)
  case remote(loop: Int, job: JobID)
}

/// Names a job on its loop.
struct JobID: Hashable, Sendable {
  let slot: Int
  let generation: UInt32
}

/// What engine requests have in common beside their tokens.
struct SubmissionContext: Sendable {
  /// When the HTTP request had arrived.
  let arrival: Instant
  /// The number of choices per prompt.
  let choices: Int
  /// The end of each sequence comes with the engine's load.
  var wantsLoad = false
}
