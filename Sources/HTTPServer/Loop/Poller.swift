internal import CLinux
internal import Glibc

/// What a descriptor is watched for.
struct Interest: OptionSet {
  let rawValue: UInt32
  static let readable = Interest(rawValue: EPOLLIN.rawValue)
  static let writable = Interest(rawValue: EPOLLOUT.rawValue)
  /// The peer closed, or closed its sending half.
  static let hangUp = Interest(rawValue: EPOLLRDHUP.rawValue)
  /// Reported once per change instead of as long as it holds.
  static let edgeTriggered = Interest(rawValue: EPOLLET.rawValue)
}

/// What became ready.
struct Readiness {
  let token: UInt64
  let mask: UInt32

  var isHangUp: Bool { mask & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }
  var isWritable: Bool { mask & EPOLLOUT.rawValue != 0 }

  /// As the public facility for other descriptors says it.
  var events: DescriptorEvents {
    var events: DescriptorEvents = []
    if mask & EPOLLIN.rawValue != 0 { events.insert(.readable) }
    if isWritable { events.insert(.writable) }
    if mask & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { events.insert(.failed) }
    return events
  }
}

/// Linux's epoll, and the only file that knows it: another system's poller replaces this type.
struct Poller: ~Copyable {
  private let fd: Int32
  // Unsafe: the kernel fills this array; it lives as long as the poller and is read only up to the count returned.
  private let events: UnsafeMutableBufferPointer<epoll_event>

  init() throws(ServerError) {
    fd = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard fd >= 0 else { throw .system("epoll_create1", errno) }
    events = .allocate(capacity: 1024)
  }

  deinit {
    close(fd)
    events.deallocate()
  }

  /// Starts watching `fd`; false when the system refuses.
  @discardableResult
  func add(_ watched: Int32, _ interest: Interest, token: UInt64) -> Bool {
    var event = epoll_event()
    understudy_event_set(&event, interest.rawValue, token)
    return epoll_ctl(fd, EPOLL_CTL_ADD, watched, &event) == 0
  }

  /// Watches a watched descriptor for something else.
  func modify(_ watched: Int32, _ interest: Interest, token: UInt64) {
    var event = epoll_event()
    understudy_event_set(&event, interest.rawValue, token)
    _ = epoll_ctl(fd, EPOLL_CTL_MOD, watched, &event)
  }

  /// Stops watching `fd`.
  func remove(_ watched: Int32) {
    var event = epoll_event()
    _ = epoll_ctl(fd, EPOLL_CTL_DEL, watched, &event)
  }

  /// Waits at most `timeout` nanoseconds (nil: for ever) and hands over what became ready.
  func wait(timeout: Int64?, _ body: (Readiness) -> Void) {
    let count = understudy_epoll_wait(fd, events.baseAddress, Int32(events.count), timeout ?? -1)
    guard count > 0 else { return }
    for index in 0..<Int(count) {
      // Unsafe: epoll_event is packed, so the token is read through the shim.
      let event = events.baseAddress! + index
      body(Readiness(token: understudy_event_token(event), mask: event.pointee.events))
    }
  }
}
