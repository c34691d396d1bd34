import Glibc
import HTTPServer
import Synchronization
import Testing

/// Descriptors that others watch through a loop.
@Suite struct WatchingTests {
  private final class Idle: Application {
    func handle(_ exchange: Exchange) {}
    func completed(_ exchange: Exchange) {}
  }

  /// Runs `body` on a loop.
  private func on<Result: Sendable>(
    _ loop: EventLoop, _ body: @escaping @Sendable (EventLoop) -> Result
  ) async -> Result {
    await withCheckedContinuation { continuation in loop.execute { continuation.resume(returning: body(loop)) } }
  }

  private func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<2_000 where !condition() { try? await Task.sleep(for: .milliseconds(5)) }
    return condition()
  }

  @Test func aPipeIsSeenFromBothEndsUntilItIsUnwatched() async throws {
    let server = try HTTPServer(loopCount: 1) { _ in Idle() }
    defer { server.stop() }
    let loop = server.loops[0]
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let (reader, writer) = (ends[0], ends[1])
    let seen = Mutex<[DescriptorEvents]>([])
    let writable = Mutex(0)

    let token = await on(loop) { loop in
      loop.watch(reader, for: .readable) { fd, events in
        var byte: UInt8 = 0
        if events.contains(.readable) { _ = read(fd, &byte, 1) }
        seen.withLock { $0.append(events) }
      }
    }
    let watch = try #require(token)
    #expect(await on(loop) { $0.watch(reader, for: .readable) { _, _ in } } == nil, "it is watched already")
    #expect(await on(loop) { $0.watch(-1, for: .readable) { _, _ in } } == nil)

    write(writer, "ab", 2)
    #expect(await eventually { seen.withLock { $0 } == [.readable, .readable] })

    // Once a turn as long as it holds, and not after the handler has ended it.
    let counted = await on(loop) { loop in
      let own = OwnToken()
      let token = loop.watch(writer, for: .writable) { _, events in
        #expect(events == .writable)
        let count = writable.withLock {
          $0 += 1
          return $0
        }
        if count == 3, let token = own.token.withLock({ $0 }) { loop.unwatch(token) }
      }
      own.token.withLock { $0 = token }
      return token
    }
    #expect(counted != nil)
    #expect(await eventually { writable.withLock { $0 } >= 3 })

    // Nothing is asked for, so nothing is told; an end that closes is.
    await on(loop) { $0.change(watch, to: []) }
    write(writer, "c", 1)
    try await Task.sleep(for: .milliseconds(50))
    #expect(seen.withLock { $0.count } == 2)
    await on(loop) { $0.change(watch, to: .readable) }
    #expect(await eventually { seen.withLock { $0.count } == 3 })
    await on(loop) { $0.change(watch, to: []) }
    close(writer)
    #expect(await eventually { seen.withLock { $0.last } == .failed })
    #expect(writable.withLock { $0 } == 3)

    await on(loop) {
      $0.unwatch(watch)
      $0.unwatch(watch)
      $0.change(watch, to: .readable)
    }
    let count = seen.withLock { $0.count }
    try await Task.sleep(for: .milliseconds(20))
    #expect(seen.withLock { $0.count } == count)
    close(reader)
  }

  /// Lets a handler know the token that its own watch got.
  private final class OwnToken: Sendable {
    let token = Mutex<WatchToken?>(nil)
  }
}
