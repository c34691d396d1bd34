internal import HTTPServer
internal import Prometheus
internal import Simulation

/// How late tokens and answers leave, as one loop of one server sees it.
///
/// What falls due is noted while a turn of the loop renders it, and observed at the end of the turn, when everything the
/// turn wrote has been handed to the system: one reading of the clock per turn, whatever it sent.
final class LatenessRecorder {
  private struct Note {
    let model: Int
    let due: Instant
    let count: Int
  }

  /// By model.
  private(set) var histograms: [Histogram]
  /// Changes whenever `histograms` have.
  private(set) var revision: UInt64 = 0
  private let resources: LoopResources
  private var notes: [Note] = []

  init(models: Int, resources: LoopResources) {
    self.resources = resources
    histograms = Array(repeating: Histogram(EngineBuckets.lateness), count: models)
  }

  /// `count` tokens of `model`, or one whole answer, were due at `due` and have just been written.
  func wrote(_ count: Int, of model: Int, due: Instant) {
    if notes.isEmpty { resources.needsObservation(self) }
    notes.append(Note(model: model, due: due, count: count))
  }

  /// The turn's writes are with the system.
  func observe(at now: Instant) {
    for note in notes {
      histograms[note.model].observe(max(0, (now - note.due).seconds), count: UInt64(note.count))
    }
    notes.removeAll(keepingCapacity: notes.capacity <= 4096)
    revision &+= 1
  }
}
