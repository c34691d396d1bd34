import Glibc
import HTTPServer
import Simulation

/// One connection that asks, reads the answer, and asks again; as little work as an HTTP client can do.
///
/// It knows whose answers it reads: streams are HTTP/1.1 chunks in which two line feeds in a row end an event and nothing
/// else, whole answers have a Content-Length.
final class ProbeConnection {
  private let load: Load
  private let request: [UInt8]
  private unowned let probe: ProbeLoop
  private var descriptor: Int32 = -1
  private var token: WatchToken?
  /// When the stream began, by the earliest of its tokens: how long the connection took to be accepted is no lateness.
  private var beganAt = MonotonicTime.max
  /// Events of the stream so far.
  private var events = 0
  private var endsInLineFeed = false
  /// Nothing has come of the answer yet.
  private var isFresh = true
  /// A whole answer as far as it has come.
  private var answer: [UInt8] = []

  init(_ load: Load, _ request: [UInt8], _ probe: ProbeLoop) {
    self.load = load
    self.request = request
    self.probe = probe
  }

  func open(port: Int) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return probe.failed("no socket: \(String(cString: strerror(errno)))") }
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    // Unsafe: the kernel copies the address during the call.
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 || errno == EINPROGRESS else { return fail("cannot connect") }
    token = probe.loop.watch(descriptor, for: .writable) { [unowned self] _, events in ready(events) }
    if token == nil { fail("cannot watch a connection") }
  }

  func close() {
    if let token { probe.loop.unwatch(token) }
    token = nil
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  private func ready(_ events: DescriptorEvents) {
    if events.contains(.readable) || events.contains(.failed) { return read() }
    if events.contains(.writable), let token {
      probe.loop.change(token, to: .readable)
      send()
    }
  }

  private func send() {
    events = 0
    isFresh = true
    beganAt = .max
    // A few hundred bytes on an idle connection always fit.
    let sent = request.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    if sent != request.count { fail("cannot send a request") }
  }

  private func read() {
    withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count < 0, errno == EAGAIN || errno == EINTR { return }
      guard count > 0 else { return fail("the server closed a connection") }
      let bytes = UnsafeRawBufferPointer(start: buffer.baseAddress, count: count)
      switch load.shape {
      case .stream: takeEvents(bytes)
      case .whole: takeAnswer(bytes)
      }
    }
  }

  private func takeEvents(_ bytes: UnsafeRawBufferPointer) {
    let now = Clock.monotonic
    if isFresh {
      isFresh = false
      // What is left of the answer before may come first; a refusal comes alone.
      let start = String(decoding: bytes.prefix(12), as: UTF8.self)
      if start.hasPrefix("HTTP/1.1 "), start != "HTTP/1.1 200" { return fail("the server answered \(start.suffix(3))") }
    }
    for byte in bytes {
      let isLineFeed = byte == 0x0A
      if isLineFeed, endsInLineFeed { takeEvent(at: now) }
      endsInLineFeed = isLineFeed
    }
  }

  private func takeEvent(at now: MonotonicTime) {
    events += 1
    if events <= load.tokens {
      probe.count += 1
      if load.pace > .zero {
        let span = Int64(events) * load.pace.count
        beganAt = min(beganAt, now - span)
        probe.token(due: beganAt + span, at: now)
      }
    } else {
      // `[DONE]`.
      send()
    }
  }

  private func takeAnswer(_ bytes: UnsafeRawBufferPointer) {
    answer.append(contentsOf: bytes)
    let text = String(decoding: answer, as: UTF8.self)
    guard let end = text.firstRange(of: "\r\n\r\n") else { return }
    let head = text[..<end.lowerBound].lowercased()
    guard head.hasPrefix("http/1.1 200"), let name = head.firstRange(of: "content-length: "),
      let length = Int(head[name.upperBound...].prefix { $0.isNumber })
    else { return fail("an answer that was not expected: \(head.prefix(40))") }
    guard text[end.upperBound...].utf8.count >= length else { return }
    answer.removeAll(keepingCapacity: true)
    probe.count += 1
    send()
  }

  private func fail(_ reason: String) {
    probe.failed("\(reason) (\(String(cString: strerror(errno))))")
    close()
  }
}
