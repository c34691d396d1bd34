import EndpointPicking
import Testing

@testable import Fleet

@Suite struct ReplicaSetTests {
  @Test func scalingKeepsTheReplicasThatStay() throws {
    var world = ReplicaWorld()
    #expect(try world.become(deployment("sim", model: "m", replicas: 2)).started.count == 2)
    let first = world.id("sim-0")
    let up = try world.become(deployment("sim", model: "m", replicas: 4))
    #expect(up.started.map(\.specification.name.name).sorted() == ["sim-2", "sim-3"])
    #expect(world.id("sim-0") == first)
    let down = try world.become(deployment("sim", model: "m", replicas: 1))
    #expect(down.retired.map(\.specification.name.name).sorted() == ["sim-1", "sim-2", "sim-3"])
    #expect(down.retired.allSatisfy { !$0.server.isReady })
    #expect(world.names == ["sim-0"])
  }

  @Test func anotherCommandIsAnotherReplicaOfThatName() throws {
    var world = ReplicaWorld()
    try world.become(deployment("sim", model: "m"))
    let first = world.id("sim-0")
    let change = try world.become(deployment("sim", model: "other"))
    #expect(change.retired.map(\.id) == [first])
    #expect(change.started.map(\.specification.name.name) == ["sim-0"])
    #expect(world.id("sim-0") != first)
  }

  @Test func otherLabelsAreTheSameServer() throws {
    var world = ReplicaWorld()
    try world.become(deployment("sim", model: "m"))
    let first = world.id("sim-0")
    let text = deployment("sim", model: "m").replacing("{labels: {app: sim}}", with: "{labels: {app: sim, tier: b}}")
    let change = try world.become(text)
    #expect(change.started.isEmpty && change.retired.isEmpty)
    #expect(world.id("sim-0") == first)
    #expect(world.replicas.current.values.first?.specification.labels["tier"] == "b")
  }

  @Test func theRetiredAreForgottenOnceTheyAreIdleForAWhile() throws {
    var world = ReplicaWorld()
    try world.become(deployment("sim", model: "m"))
    try world.become("")
    #expect(world.replicas.takeFinished(at: world.seconds).isEmpty)
    world.wait(2)
    #expect(world.replicas.takeFinished(at: world.seconds).count == 1)
    #expect(world.replicas.retired.isEmpty)
  }

  @Test func numbersAreNeverUsedTwiceAndPlacesAre() throws {
    var world = ReplicaWorld()
    var seen: Set<Int> = []
    for round in 0..<20 {
      let change = try world.become(deployment("sim", model: "m\(round)", replicas: 3))
      for replica in change.started { #expect(seen.insert(replica.id).inserted) }
      #expect(Set(change.started.map(\.ordinal)) == [0, 1, 2])
      #expect(Set(world.replicas.current.values.map(\.address)).count == 3)
    }
  }
}

extension String {
  fileprivate func replacing(_ old: String, with new: String) -> String {
    guard let range = self.firstRange(of: old) else { return self }
    return String(self[..<range.lowerBound]) + new + self[range.upperBound...]
  }
}
