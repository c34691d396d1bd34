import Simulation
import Testing

@testable import ModelServer

/// What can be changed of a server while it runs.
@Suite struct ServerBehaviorTests {
  private static func configuration(_ set: (inout LatencyConfiguration) -> Void = { _ in }) -> ServerConfiguration {
    var model = ModelConfiguration(model: "m")
    set(&model.engine.latency)
    var configuration = ServerConfiguration()
    configuration.models = [model, model]
    configuration.failures.ratePercent = 5
    return configuration
  }

  @Test func changesAllModelsAndKeepsTheRest() {
    let configuration = Self.configuration { latency in
      latency.timeToFirstToken = .milliseconds(100)
      latency.timeToFirstTokenStdDev = .milliseconds(20)
      latency.interTokenLatency = .milliseconds(10)
    }
    var change = BehaviorChange()
    change.timeToFirstToken = 40_000_000
    let behavior = ServerBehavior(configuration).changed(by: change, from: configuration)
    #expect(behavior.timeToFirstToken == 40_000_000)
    #expect(behavior.interTokenLatency == 10_000_000)
    #expect(behavior.failureRatePercent == 5)
    #expect(behavior.latencies.map(\.timeToFirstToken) == [.milliseconds(40), .milliseconds(40)])
    // At most 30 % of the mean, as flags must have it.
    #expect(behavior.latencies[0].timeToFirstTokenStdDev == .milliseconds(12))
  }

  @Test func aTimeToFirstTokenReplacesOneByPrompt() {
    let configuration = Self.configuration { latency in
      latency.calculator = .perToken
      latency.prefillTimePerToken = .milliseconds(1)
    }
    let before = ServerBehavior(configuration)
    #expect(before.timeToFirstToken == nil)
    var change = BehaviorChange()
    change.timeToFirstToken = 0
    let after = before.changed(by: change, from: configuration)
    #expect(after.timeToFirstToken == 0)
    #expect(after.latencies[0].calculator == .constant)
  }

  @Test func resets() {
    let configuration = Self.configuration { $0.interTokenLatency = .milliseconds(10) }
    var change = BehaviorChange()
    change.interTokenLatency = 0
    change.failureRatePercent = 200
    let changed = ServerBehavior(configuration).changed(by: change, from: configuration)
    #expect(changed.interTokenLatency == 0)
    #expect(changed.failureRatePercent == 100)
    var back = BehaviorChange()
    back.resets = true
    #expect(changed.changed(by: back, from: configuration) == ServerBehavior(configuration))
    back.failureRatePercent = 1
    #expect(changed.changed(by: back, from: configuration).failureRatePercent == 1)
  }
}
