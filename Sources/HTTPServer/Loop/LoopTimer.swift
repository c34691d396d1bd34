internal import HeapModule

/// A deadline on an event loop that can be moved as often as needed.
///
/// Confined to its loop's thread. Moving a deadline earlier costs a heap insertion, moving it later costs nothing until the
/// old one is reached.
public final class LoopTimer {
  let action: () -> Void
  fileprivate(set) var deadline: MonotonicTime?
  /// The earliest entry of this timer in the queue.
  fileprivate var queued: MonotonicTime?

  init(action: @escaping () -> Void) { self.action = action }
}

/// The deadlines of one event loop.
struct TimerQueue {
  private struct Entry: Comparable {
    let deadline: MonotonicTime
    let timer: LoopTimer
    static func < (a: Entry, b: Entry) -> Bool { a.deadline < b.deadline }
    static func == (a: Entry, b: Entry) -> Bool { a.deadline == b.deadline }
  }

  private var heap = Heap<Entry>()

  /// The earliest queued deadline; a timer may have been moved later since.
  var next: MonotonicTime? { heap.min?.deadline }

  mutating func set(_ timer: LoopTimer, to deadline: MonotonicTime?) {
    timer.deadline = deadline
    guard let deadline else { return }
    if let queued = timer.queued, queued <= deadline { return }
    timer.queued = deadline
    heap.insert(Entry(deadline: deadline, timer: timer))
  }

  /// Takes out one timer that is due at `now`.
  mutating func popDue(at now: MonotonicTime) -> LoopTimer? {
    while let entry = heap.min, entry.deadline <= now {
      heap.removeMin()
      let timer = entry.timer
      // An entry that a later `set` replaced by an earlier one says nothing any more.
      guard timer.queued == entry.deadline else { continue }
      timer.queued = nil
      guard let deadline = timer.deadline else { continue }
      if deadline <= now {
        timer.deadline = nil
        return timer
      }
      set(timer, to: deadline)
    }
    return nil
  }
}
