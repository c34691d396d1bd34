internal import Synchronization

/// Counts what all scrapers of a process do, endpoints that have gone included; for any thread.
final class ScrapeCounters: Sendable {
  private let polls = Atomic<UInt64>(0)
  private let pollErrors = Atomic<UInt64>(0)
  private let extractErrors = Atomic<UInt64>(0)

  /// Attempts that have ended.
  var pollCount: UInt64 { polls.load(ordering: .relaxed) }
  /// Attempts without a whole answer of status 200 (`datalayer_poll_errors_total`).
  var pollErrorCount: UInt64 { pollErrors.load(ordering: .relaxed) }
  /// Pages that said nothing of the load (`datalayer_extract_errors_total`).
  var extractErrorCount: UInt64 { extractErrors.load(ordering: .relaxed) }

  /// Counts an attempt.
  func count(_ outcome: Scrape.Outcome) {
    polls.add(1, ordering: .relaxed)
    switch outcome {
    case .read: break
    case .failed: pollErrors.add(1, ordering: .relaxed)
    case .unreadable: extractErrors.add(1, ordering: .relaxed)
    }
  }
}
