import EndpointPicking
import Testing

@testable import Fleet

/// Endpoints whose metrics are old, or were never read, are avoided while there are others.
@Suite struct StaleMetricsTests {
  private static let limit = 2_000 * Picking.millisecond

  /// A picker whose endpoints were read at these times, in milliseconds; nil: never. The first is the idlest.
  private static func picker(
    _ times: [Int64?], isScraped: Bool = true, limit: Int64? = limit, staleness: Int64? = nil,
    configuration: SchedulerConfiguration = SchedulerConfiguration(), labels: [Int: [String: String]] = [:]
  ) -> (PoolPicker, [SettableLoad]) {
    let loads = times.enumerated().map { index, time in
      let load = SettableLoad(waiting: index, isScraped: isScraped)
      load.set { $0.updatedAt = time.map { $0 * Picking.millisecond } }
      return load
    }
    let picker = PoolPicker(
      pool: PoolID(namespace: "default", name: "pool"), configuration: configuration, staleness: staleness,
      metricsStaleness: limit, seed: 1)
    picker.setEndpoints(
      loads.enumerated().map { index, load in
        var endpoint = Picking.endpoint(index, load: load)
        endpoint.endpoint.labels = labels[index] ?? [:]
        return endpoint
      }, at: 0)
    return (picker, loads)
  }

  @Test(
    arguments: [
      ([1_000, 1_000], 3_000, 0), ([1_000, 1_001], 3_001, 1), ([999, 1_000], 3_000, 1), ([nil, 3_000], 3_000, 1),
      ([nil, nil], 3_000, 0), ([0, 1], 9_000, 0), ([0, nil, 8_000], 9_000, 2), ([9_500, 9_000], 9_000, 0),
    ] as [([Int64?], Int64, Int)])
  func choices(times: [Int64?], now: Int64, expected: Int) {
    let (picker, _) = Self.picker(times)
    #expect(picker.choice(at: now * Picking.millisecond) == expected)
  }

  @Test func onlyScrapedLoadsGrowOld() {
    #expect(Self.picker([nil, 3_000], isScraped: false).0.choice(at: 3_000 * Picking.millisecond) == 0)
    #expect(Self.picker([nil, 3_000], limit: nil).0.choice(at: 3_000 * Picking.millisecond) == 0)
    #expect(Self.picker([nil, 3_000], limit: 0).0.choice(at: 3_000 * Picking.millisecond) == 0)
  }

  @Test func aNewReadingBringsItBack() {
    let (picker, loads) = Self.picker([0, 8_000])
    #expect(picker.choice(at: 9_000 * Picking.millisecond) == 1)
    loads[0].set { $0.updatedAt = 9_000 * Picking.millisecond }
    #expect(picker.choice(at: 9_000 * Picking.millisecond) == 0)
    // It stays what it is when others come and go.
    picker.setEndpoints(
      [Picking.endpoint(0, load: loads[0]), Picking.endpoint(1, load: loads[1])], at: 9_000 * Picking.millisecond)
    #expect(picker.choice(at: 10_500 * Picking.millisecond) == 0)
    #expect(picker.choice(at: 12_000 * Picking.millisecond) == 0)
  }

  @Test func periodicReadings() {
    let (picker, loads) = Self.picker([0, 8_000], staleness: 50 * Picking.millisecond)
    loads[0].set { $0.updatedAt = 9_000 * Picking.millisecond }
    #expect(picker.choice(at: 9_000 * Picking.millisecond) == 1)
    picker.refresh(at: 9_000 * Picking.millisecond)
    #expect(picker.choice(at: 9_000 * Picking.millisecond) == 0)
  }

  /// A gateway's hint and a filter are obeyed, even when that leaves endpoints only that would be avoided.
  @Test func hintsAndFilters() throws {
    let now = 9_000 * Picking.millisecond
    let (picker, _) = Self.picker([0, 8_000])
    #expect(picker.choice(subset: SubsetHint(["10.0.0.1:8000"]), at: now) == 0)
    #expect(picker.choice(subset: SubsetHint(["10.0.0.1:8000", "10.0.0.2:8000"]), at: now) == 1)
    let configuration = try SchedulerConfiguration([
      "apiVersion": "inference.networking.x-k8s.io/v1alpha1", "kind": "EndpointPickerConfig",
      "plugins": [
        ["type": "decode-filter"], ["type": "queue-scorer"],
      ],
      "schedulingProfiles": [
        ["name": "default", "plugins": [["pluginRef": "decode-filter"], ["pluginRef": "queue-scorer"]]]
      ],
    ])
    let roles = [0: ["llm-d.ai/role": "decode"], 1: ["llm-d.ai/role": "prefill"]]
    #expect(Self.picker([0, 8_000], configuration: configuration, labels: roles).0.choice(at: now) == 0)
  }

  @Test func modelsComeFirst() {
    let loads = [SettableLoad(isScraped: true), SettableLoad(isScraped: true)]
    for (load, time) in zip(loads, [0, 8_000]) { load.set { $0.updatedAt = Int64(time) * Picking.millisecond } }
    let models = [SettableModels(["m"]), SettableModels(["other"])]
    let picker = PoolPicker(
      pool: PoolID(namespace: "default", name: "pool"), configuration: SchedulerConfiguration(),
      metricsStaleness: Self.limit, seed: 1)
    picker.setEndpoints((0..<2).map { Picking.endpoint($0, load: loads[$0], models: models[$0]) }, at: 0)
    #expect(picker.choice(at: 9_000 * Picking.millisecond) == 0)
  }
}
