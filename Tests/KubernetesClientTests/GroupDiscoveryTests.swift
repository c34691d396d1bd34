import Testing

@testable import KubernetesClient

@Suite struct GroupDiscoveryTests {
  private let interval: Int64 = 30_000_000_000
  private let wanted = [APIResource.inferenceObjectives[1], APIResource.inferenceModelRewrites[1], .inferenceModels]

  @Test func whatIsMissingIsLookedForUntilItIsThere() {
    var group = GroupDiscovery(wanted, interval: interval, seed: 3)
    #expect(group.tick() == [.ask])
    #expect(group.deadline == nil)
    #expect(
      group.receive(["inferencemodels", "others"], at: 0) == [
        .absent(wanted[0]), .absent(wanted[1]), .found(wanted[2]),
      ])
    #expect(group.deadline! >= interval / 2 && group.deadline! <= interval)
    #expect(group.tick() == [.ask])
    #expect(group.failed(.status(APIStatus(code: 404)), at: 0).isEmpty)
    #expect(group.receive(["inferenceobjectives"], at: 0) == [.found(wanted[0])])
    #expect(group.receive(["inferencemodelrewrites"], at: 0) == [.found(wanted[1])])
    #expect(group.deadline == nil)
    #expect(group.tick().isEmpty)
  }

  @Test func nobodyKnows() {
    var group = GroupDiscovery(wanted, interval: interval, seed: 3)
    _ = group.tick()
    #expect(group.failed(.transport("away"), at: 0) == [.lost(.transport("away"))])
    #expect(group.failed(.transport("still"), at: 0).isEmpty)
    #expect(group.deadline! < 2_000_000_000)
    #expect(group.receive([], at: 0) == [.recovered] + wanted.map { .absent($0) })
    #expect(group.failed(.status(APIStatus(code: 401)), at: 7) == [.reloadCredential])
    #expect(group.deadline == 7)
    let second = RequestFailure.status(APIStatus(code: 401))
    #expect(group.failed(second, at: 7) == [.reloadCredential, .lost(second)])
  }
}
