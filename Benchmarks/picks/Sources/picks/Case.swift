/// One line of the measurement: so many endpoints, prompts so long.
struct Case {
  let endpoints: Int
  let promptBytes: Int
  let rules: Int
  /// Picks whose times are taken.
  let picks: Int

  /// What could not be measured.
  struct Failure: Error { let text: String }

  /// Measures, and says it in JSON.
  func run() throws -> String {
    var pool = Pool(endpoints: endpoints, rules: rules)
    var requests = Requests(promptBytes: promptBytes, rules: rules)
    try warmUp(&pool, &requests)
    let times = try time(&pool, &requests)
    let rate = try rate(&pool, &requests)
    return """
      {"endpoints":\(endpoints),"prompt_bytes":\(promptBytes),"rewrite_rules":\(rules),"picks":\(times.count),\
      "picks_per_core_second":\(Int(rate)),"ns":\(times.json),"resolve_ns":\(try resolveCost(&pool))}
      """
  }

  /// Until the prefix index has seen every endpoint many times.
  private func warmUp(_ pool: inout Pool, _ requests: inout Requests) throws {
    for _ in 0..<max(2_000, endpoints * 8) { try pickOnce(&pool, &requests) }
  }

  private func pickOnce(_ pool: inout Pool, _ requests: inout Requests) throws {
    var request = requests.next()
    pool.changeLoads()
    guard let ticket = pool.pick(&request, at: Clocks.monotonic) else { throw Failure(text: "a pick failed") }
    pool.send(ticket)
  }

  /// The time of each single pick.
  private func time(_ pool: inout Pool, _ requests: inout Requests) throws -> Durations {
    var durations = Durations(capacity: picks)
    for _ in 0..<picks {
      var request = requests.next()
      pool.changeLoads()
      let start = Clocks.monotonic
      let ticket = pool.pick(&request, at: start)
      durations.add(Clocks.monotonic - start)
      guard let ticket else { throw Failure(text: "a pick failed") }
      pool.send(ticket)
    }
    return durations
  }

  /// Picks, each with the end of another request, per second of one core's time. What making requests and changing
  /// loads takes is measured by itself and left out.
  private func rate(_ pool: inout Pool, _ requests: inout Requests) throws -> Double {
    let start = Clocks.cpu
    for _ in 0..<picks { try pickOnce(&pool, &requests) }
    let middle = Clocks.cpu
    var bytes = 0
    for _ in 0..<picks {
      bytes &+= requests.next().bodyBytes
      pool.changeLoads()
    }
    let end = Clocks.cpu
    guard bytes == picks * promptBytes else { throw Failure(text: "requests lack their prompts") }
    let taken = (middle - start) - (end - middle)
    guard taken > 0 else { throw Failure(text: "nothing to measure") }
    return Double(picks) * 1e9 / Double(taken)
  }

  /// Nanoseconds that finding a model's rule takes, on average.
  private func resolveCost(_ pool: inout Pool) throws -> Int {
    guard rules > 0 else { return 0 }
    let names = (0..<4_096).map { Requests.alias($0 &* 7_919 % rules) }
    let rounds = 25
    let start = Clocks.cpu
    for _ in 0..<rounds {
      for name in names { guard pool.resolve(name) else { throw Failure(text: "no rule for \(name)") } }
    }
    return Int(Clocks.cpu - start) / (rounds * names.count)
  }
}
