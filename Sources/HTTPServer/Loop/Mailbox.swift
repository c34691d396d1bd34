internal import CLinux
internal import Glibc
internal import Synchronization

/// Work handed to a loop by other threads: a batch behind a lock, announced by one write to an eventfd.
final class Mailbox: Sendable {
  let fd: Int32
  private let pending = Mutex<[@Sendable () -> Void]>([])

  init() throws(ServerError) {
    fd = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard fd >= 0 else { throw .system("eventfd", errno) }
  }

  deinit { close(fd) }

  func post(_ job: @escaping @Sendable () -> Void) {
    let wasEmpty = pending.withLock { jobs in
      jobs.append(job)
      return jobs.count == 1
    }
    // Whoever made the batch non-empty wakes the loop; later posts ride along.
    if wasEmpty {
      var one: UInt64 = 1
      _ = write(fd, &one, 8)
    }
  }

  func takeAll() -> [@Sendable () -> Void] {
    var count: UInt64 = 0
    _ = read(fd, &count, 8)
    return pending.withLock { jobs in
      let taken = jobs
      jobs.removeAll(keepingCapacity: true)
      return taken
    }
  }
}
