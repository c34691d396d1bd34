import Simulation
import Testing

@testable import EndpointPicking

@Suite struct SaturationTests {
  static let now: Int64 = 10_000_000_000

  private func endpoint(_ waiting: Int, _ kvUsage: Double, age: Int64? = 0) -> Endpoint {
    var metrics = EndpointMetrics()
    metrics.waiting = waiting
    metrics.kvUsage = kvUsage
    metrics.updatedAt = age.map { Self.now - $0 }
    return Endpoint(
      id: EndpointID(namespace: "default", name: "\(waiting)-\(kvUsage)"), address: "10.0.0.1", port: 8000,
      metrics: metrics)
  }

  /// GIE v1.5's table for the utilization detector.
  @Test(
    arguments: [
      ([], 5, 0.8, 1), ([(2, 0.5, 0)], 5, 0.9, 0.5556), ([(1, 0.1, 200_000_001)], 5, 0.9, 1),
      ([(1, 0.1, 200_000_000)], 5, 0.9, 0.2), ([(10, 0.1, 0)], 5, 0.9, 2), ([(1, 0.95, 0)], 5, 0.9, 1.0556),
      ([(1, 0.1, nil)], 5, 0.9, 1), ([(1, 0.1, 0), (0, 0.2, 0)], 5, 0.9, (0.2 + 0.2222) / 2),
      ([(5, 0.1, 0)], 5, 0.9, 1),
      ([(10, 0.1, 0), (0, 0, 0)], 5, 0.8, 1), ([(0, .nan, 0)], 5, 0.8, 1), ([(2, 0.1, -5)], 5, 0.8, 0.4),
    ] as [([(Int, Double, Int64?)], Double, Double, Double)])
  func utilization(pods: [(Int, Double, Int64?)], queue: Double, kv: Double, expected: Double) {
    var limits = SaturationSettings.Utilization()
    limits.queueDepth = queue
    limits.kvUsage = kv
    let endpoints = pods.map { endpoint($0.0, $0.1, age: $0.2) }
    #expect(abs(limits.saturation(of: endpoints, at: Self.now) - expected) < 0.0001)
    var configuration = SchedulerConfiguration()
    configuration.saturation = SaturationSettings(name: "d", detector: .utilization(limits))
    var scheduler = Scheduler(configuration)
    let snapshot = scheduler.snapshot(of: endpoints, at: Self.now)
    #expect(abs(scheduler.saturation(of: snapshot, at: Self.now) - expected) < 0.0001)
  }

  @Test func limitsOfZero() {
    var limits = SaturationSettings.Utilization()
    limits.queueDepth = 0
    limits.kvUsage = 0
    #expect(limits.saturation(of: [endpoint(0, 0)], at: Self.now) == 0)
    #expect(limits.saturation(of: [endpoint(1, 0)], at: Self.now) >= 1)
  }

  @Test(
    arguments: [
      (false, [15, 5], 1), (false, [5], 0.5), (false, [0, 0], 0), (false, [], 1), (true, [450, 50], 0.25),
      (true, [Int.max, Int.max], 9.223e15),
    ] as [(Bool, [Int], Double)]) func concurrency(tokens: Bool, inFlight: [Int], expected: Double)
  {
    var limits = SaturationSettings.Concurrency()
    limits.countsTokens = tokens
    limits.maxRequests = 10
    limits.maxTokens = 1000
    #expect(abs(limits.saturation(inFlight: inFlight) - expected) <= expected / 1000)
  }

  @Test func concurrencyOfAScheduler() throws {
    var limits = SaturationSettings.Concurrency()
    limits.maxRequests = 2
    var configuration = SchedulerConfiguration()
    configuration.saturation = SaturationSettings(name: "d", detector: .concurrency(limits))
    var scheduler = Scheduler(configuration)
    var bits = SplitMix64(seed: 1)
    let snapshot = scheduler.snapshot(of: [endpoint(0, 0), endpoint(1, 0)], at: Self.now)
    var requests: [SentRequest] = []
    for sent in 1...4 {
      let outcome = scheduler.pick(
        PickRequest(id: "r", model: "m"), candidates: snapshot, at: Self.now, using: &bits)
      let pick = try outcome.result.get()
      requests.append(scheduler.requestSent(pick, at: Self.now))
      #expect(scheduler.saturation(of: snapshot, at: Self.now) == Double(sent) / 4)
    }
    for request in requests { scheduler.requestFinished(request) }
    #expect(scheduler.saturation(of: snapshot, at: Self.now) == 0)
  }

  /// GIE v1.5's table for admission without flow control.
  @Test(arguments: [(0, 1.0, true), (-1, 0.99, true), (-1, 1, false), (-1, 2, false), (5, 9, true)])
  func legacyAdmission(priority: Int, saturation: Double, admitted: Bool) {
    let error = Result { () throws(InferenceError) in
      try LegacyAdmission.admit(priority: priority, saturation: saturation)
    }
    switch error {
    case .success: #expect(admitted)
    case .failure(let error):
      #expect(!admitted)
      #expect(error.httpStatus == 429)
      #expect(
        error.description == "inference error: ResourceExhausted - system saturated, sheddable request dropped")
    }
  }

  @Test func anEmptyPoolShedsToo() {
    #expect(throws: InferenceError.shed) {
      try LegacyAdmission.admit(priority: -1, saturation: SaturationSettings.Utilization().saturation(of: [], at: 0))
    }
  }

  @Test(
    arguments: [
      (.noCandidates, 503), (.allFiltered(profile: "p", filter: "f"), 429), (.unknownProfile("p"), 400),
    ] as [(PickFailure, Int)]) func failuresToPick(failure: PickFailure, status: Int)
  {
    #expect(failure.error.httpStatus == status && failure.status == status)
    #expect(failure.error.description == "inference error: \(failure.code) - \(failure.message)")
  }

  @Test func statusesOfErrors() {
    let statuses = InferenceError.Code.allCases.map(\.httpStatus)
    #expect(statuses == [400, 401, 403, 404, 412, 429, 500, 503])
  }
}
