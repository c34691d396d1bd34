internal import Files
internal import Glibc
internal import HTTPServer
internal import Synchronization

/// Watches files and folders on a thread of its own.
///
/// It looks at everything four times a second, which works the same for edits, for editors that write a new file and rename
/// it, for ConfigMap mounts, which swap a link, and on network, overlay and shared file systems, where inotify is silent
/// or partial; and it needs no watch for each folder and no second way for lost events. For a hundred files that costs
/// less than two thousandths of a core, for five thousand a twentieth.
final class SourceWatcher: Sendable {
  /// The thread, and the end of the pipe that wakes it when it closes; nil once stopped.
  private let running: Mutex<(thread: Thread, waker: Int32)?>

  /// Watches what `reader` reads, from `snapshot` on, which it read last. Changes reach `handler` on the watching thread
  /// within half a second: all files, changed or not.
  init(
    _ reader: SourceReader, from snapshot: SourceSnapshot, handler: @escaping @Sendable ([SourceFile]) -> Void
  ) throws(FileError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .lastOne }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let job = Job(reader: reader, snapshot: snapshot, sleeper: ends[0], handler: handler)
    // Only the thread uses the job from here on.
    nonisolated(unsafe) let moved = job
    running = Mutex((Thread { moved.run() }, ends[1]))
  }

  deinit { stop() }

  /// Ends the thread and waits for it, unless this is the thread. After that `handler` is not called any more. More than
  /// once does nothing.
  func stop() {
    let taken = running.withLock { running in
      defer { running = nil }
      return running
    }
    guard let taken else { return }
    close(taken.waker)
    if taken.thread.isCurrent { taken.thread.detach() } else { taken.thread.join() }
  }

  /// What the thread does.
  private final class Job {
    private let reader: SourceReader
    private let sleeper: Int32
    private let handler: @Sendable ([SourceFile]) -> Void
    private var watch: SourceWatch

    init(
      reader: SourceReader, snapshot: SourceSnapshot, sleeper: Int32,
      handler: @escaping @Sendable ([SourceFile]) -> Void
    ) {
      self.reader = reader
      self.sleeper = sleeper
      self.handler = handler
      watch = SourceWatch(snapshot)
    }

    func run() {
      while !sleep(milliseconds: watch.interval) {
        guard let files = watch.look(SourceTree(reader.paths)) else { continue }
        // A stop meanwhile is the last word.
        if sleep(milliseconds: 0) { break }
        handler(files)
      }
      close(sleeper)
    }

    /// Whether the other end of the pipe closed meanwhile.
    private func sleep(milliseconds: Int32) -> Bool {
      var entry = pollfd(fd: sleeper, events: 0, revents: 0)
      return poll(&entry, 1, milliseconds) > 0
    }
  }
}
