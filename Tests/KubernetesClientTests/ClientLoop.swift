import HTTPServer
import KubernetesClient
import Synchronization

/// A loop with a client of an API server on it, and whatever a test puts there.
final class ClientLoop: Sendable {
  let loop: EventLoop
  private let server: HTTPServer
  private let things = Mutex<[LoopBound<AnyObject>]>([])
  private let client: LoopBound<APIClient>

  init(_ configuration: ClusterConfiguration) async throws {
    server = try HTTPServer(loopCount: 1) { _ in Idle() }
    let loop = server.loops[0]
    self.loop = loop
    client = await withCheckedContinuation { continuation in
      loop.execute {
        continuation.resume(returning: LoopBound(APIClient(loop: loop, configuration: configuration), on: loop))
      }
    }
  }

  convenience init(_ server: TestAPIServer) async throws {
    try await self.init(ClusterConfiguration(server: server.url))
  }

  deinit {
    let (last, client) = (things.withLock { $0 }, client)
    server.onEveryLoop { _ in
      for thing in last { (thing.value as? PoolWatch)?.stop() }
      client.value.shutDown()
    }
    server.stop()
  }

  /// Runs `body` on the loop; what it returns lives as long as this does.
  func make<Thing: AnyObject>(_ body: @escaping @Sendable (APIClient) -> Thing) async -> LoopBound<Thing> {
    let (loop, client) = (loop, client)
    let (thing, kept) = await withCheckedContinuation { continuation in
      loop.execute {
        let thing = body(client.value)
        continuation.resume(returning: (LoopBound(thing, on: loop), LoopBound(thing as AnyObject, on: loop)))
      }
    }
    things.withLock { $0.append(kept) }
    return thing
  }

  /// Runs `body` on the loop.
  func run(_ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
      loop.execute {
        body()
        continuation.resume()
      }
    }
  }
}

private final class Idle: Application {
  func handle(_ exchange: Exchange) {}
  func completed(_ exchange: Exchange) {}
}

/// True once `condition` holds, within half a minute.
func eventually(_ condition: @Sendable () -> Bool) async -> Bool {
  for _ in 0..<6_000 {
    if condition() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return false
}
