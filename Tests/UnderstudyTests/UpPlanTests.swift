import EndpointPicking
import Fleet
import Simulation
import Testing

@testable import understudy

/// The flags of `up`.
@Suite struct UpPlanTests {
  /// Plans as the program would, with files given as values.
  private func plan(_ words: [String], files: [String: String] = [:]) throws -> UpPlan {
    try UpPlan(try UpCommand.parse(words)) { path throws(LaunchError) in
      guard let text = files[path] else { throw LaunchError("--config-file: no '\(path)' in this test") }
      return text
    }
  }

  private func refusal(_ words: [String], files: [String: String] = [:]) throws -> String {
    let error = try #require(throws: LaunchError.self) { try plan(words, files: files) }
    #expect(error.status == 2)
    #expect(!error.message.contains("\n"))
    return error.message
  }

  @Test func defaults() throws {
    let plan = try plan(["-f", "models.json"])
    let fleet = plan.fleet
    #expect(fleet.sources == ["models.json"])
    #expect([fleet.port, fleet.adminPort, fleet.metricsPort] == [8080, 8081, 9090])
    #expect(fleet.endpoints.isEmpty)
    #expect(fleet.adminToken == nil)
    #expect(fleet.replicaBasePort == nil)
    #expect(fleet.responseModel == .client)
    #expect(fleet.split == .random)
    #expect(fleet.staleness == nil)
    #expect(!fleet.genericModelFallback)
    #expect(fleet.eventLoops == nil)
    #expect(fleet.maxRequestBodyBytes == 4 << 20)
    #expect(fleet.scheduler.profileNames == ["default"])
    #expect(plan.logLevel == .info)
    #expect(plan.logFormat == .text)
    #expect(plan.shutdownGrace == .seconds(30))
    #expect(!plan.printReadyJSON)
  }

  @Test func tokens() throws {
    #expect(try plan(["-f", "x", "--admin-token", "s3cret"]).fleet.adminToken == "s3cret")
    #expect(try plan(["-f", "x", "--admin-token=-x"]).fleet.adminToken == "-x")
    for token in ["", "two words", "ümlaut", "line\nbreak"] {
      let message = try refusal(["-f", "x", "--admin-token", token])
      #expect(message == "--admin-token: needs at least one character, all of them visible ASCII")
    }
  }

  @Test func everythingGiven() throws {
    let plan = try plan([
      "-f", "b", "--filename", "a", "-f", "-", "--endpoint", "http://10.0.0.1:8000", "--endpoint=https://[::1]:443/",
      "--endpoint", "http://10.0.0.1:8000", "--port", "1", "--admin-port=2", "--metrics-port", "3",
      "--replica-base-port", "9000", "--response-model", "backend", "--split", "smooth", "--staleness", "50ms",
      "--generic-model-fallback", "--event-loops", "2", "--max-request-body-bytes", "1000", "--log-level", "WARN",
      "--log-format", "json", "--shutdown-timeout", "1.5", "--print-ready-json",
    ])
    let fleet = plan.fleet
    #expect(fleet.sources == ["b", "a", "-"])
    #expect(
      fleet.endpoints == [
        RemoteAddress(host: "10.0.0.1", port: 8000), RemoteAddress(host: "::1", port: 443, isSecure: true),
      ])
    #expect([fleet.port, fleet.adminPort, fleet.metricsPort] == [1, 2, 3])
    #expect(fleet.replicaBasePort == 9000)
    #expect(fleet.responseModel == .backend)
    #expect(fleet.split == .smooth)
    #expect(fleet.staleness == 50_000_000)
    #expect(fleet.genericModelFallback)
    #expect(fleet.eventLoops == 2)
    #expect(fleet.maxRequestBodyBytes == 1000)
    #expect(plan.logLevel == .warning)
    #expect(plan.logFormat == .json)
    #expect(plan.shutdownGrace == .milliseconds(1500))
    #expect(plan.printReadyJSON)
  }

  @Test(
    arguments: [
      ("0", nil), ("0s", nil), ("5", 5_000_000), ("250us", 250_000), ("1m30s", 90_000_000_000),
      ("24h", 86_400_000_000_000),
    ] as [(String, Int64?)])
  func staleness(text: String, nanoseconds: Int64?) throws {
    #expect(try plan(["-f", "x", "--staleness", text]).fleet.staleness == nanoseconds)
  }

  @Test func thereIsNoPickerForGatewaysUnlessAskedFor() throws {
    let plan = try plan(["-f", "x"])
    #expect(plan.fleet.picker.listeners.isEmpty)
    #expect(plan.fleet.picker.healthPort == nil)
    #expect(plan.fleet.hasFrontDoor)
    #expect(plan.fleet.simulatesPods)
    #expect(!plan.fleet.hasOwnScheduler)
    #expect(plan.notes.isEmpty)
  }

  @Test(
    arguments: [
      ([], nil), (["--ext-proc-pool", "qwen"], PoolID(namespace: "default", name: "qwen")),
      (["--ext-proc-pool=models/qwen.v2"], PoolID(namespace: "models", name: "qwen.v2")),
    ] as [([String], PoolID?)])
  func picksForGatewaysToo(words: [String], pool: PoolID?) throws {
    let words = ["-f", "x", "--ext-proc-port", "9002", "--replica-base-port", "9100"] + words
    let picker = try plan(words + ["--max-request-body-bytes", "1000"]).fleet.picker
    #expect(picker.listeners == [PickerListener(pool: pool, port: 9002)])
    #expect(picker.security == .none)
    #expect(picker.hasHealthOnMainPort)
    #expect(picker.healthPort == nil)
    #expect(picker.kubernetes == nil)
    #expect(picker.maxRequestBodyBytes == 1000)
    #expect(try plan(words + ["--ext-proc-secure"]).fleet.picker.security == .selfSigned)
  }

  @Test func aGatewayThatReachesNoReplicaIsNoted() throws {
    #expect(try plan(["-f", "x", "--ext-proc-port", "0"]).notes.map(\.level) == [.warning])
    #expect(try plan(["-f", "x", "--ext-proc-port", "0", "--replica-base-port", "1"]).notes.isEmpty)
  }

  @Test func freePortsMayBeManyAndOneServerIsEnough() throws {
    let plan = try plan([
      "--endpoint", "http://h:1", "--port", "0", "--admin-port", "0", "--metrics-port", "0",
    ])
    #expect(plan.fleet.sources.isEmpty)
    #expect([plan.fleet.port, plan.fleet.adminPort, plan.fleet.metricsPort] == [0, 0, 0])
  }

  static let refusals: [([String], String)] = [
    (["--port", "65536"], "--port: must be 0 to 65535, got '65536'"),
    (["--port", "-1"], "--port: must be 0 to 65535, got '-1'"),
    (["--port=http"], "--port: must be 0 to 65535, got 'http'"),
    (["--port", ""], "--port: must be 0 to 65535, got ''"),
    (["--port", "99999999999999999999"], "--port: must be 0 to 65535, got '99999999999999999999'"),
    (["--admin-port", "1.5"], "--admin-port: must be 0 to 65535, got '1.5'"),
    (["--metrics-port", "a\nb"], "--metrics-port: must be 0 to 65535, got 'a b'"),
    (["--admin-port", "8080"], "--admin-port: must differ from --port, got '8080'"),
    (["--port", "9090"], "--metrics-port: must differ from --port, got '9090'"),
    (["--metrics-port", "8081"], "--metrics-port: must differ from --admin-port, got '8081'"),
    (["--replica-base-port", "0"], "--replica-base-port: must be 1 to 65535, got '0'"),
    (["--ext-proc-port", "65536"], "--ext-proc-port: must be 0 to 65535, got '65536'"),
    (["--ext-proc-port", "8080"], "--ext-proc-port: must differ from --port, got '8080'"),
    (["--ext-proc-port", "9090"], "--ext-proc-port: must differ from --metrics-port, got '9090'"),
    (["--ext-proc-pool", "p"], "--ext-proc-pool: needs --ext-proc-port, got 'p'"),
    (["--ext-proc-secure"], "--ext-proc-secure: needs --ext-proc-port"),
    (
      ["--ext-proc-port", "1", "--ext-proc-pool", "a/b/c"],
      "--ext-proc-pool: must be a pool as NAME or NAMESPACE/NAME, got 'a/b/c'"
    ),
    (
      ["--ext-proc-port", "1", "--ext-proc-pool", "P"],
      "--ext-proc-pool: must be a pool as NAME or NAMESPACE/NAME, got 'P'"
    ),
    (["--event-loops", "0"], "--event-loops: must be 1 to 1024, got '0'"),
    (["--max-request-body-bytes", "536870913"], "--max-request-body-bytes: must be 1 to 536870912, got '536870913'"),
    (["--response-model", "both"], "--response-model: must be client or backend, got 'both'"),
    (["--split", "Smooth"], "--split: must be random or smooth, got 'Smooth'"),
    (
      ["--staleness", "-1ms"],
      "--staleness: must be a duration such as 50ms or 1.5s or a number of milliseconds, from 0 to 24h, got '-1ms'"
    ),
    (
      ["--shutdown-timeout", "25h"],
      "--shutdown-timeout: must be a duration such as 50ms or 1.5s or a number of seconds, from 0 to 24h, got '25h'"
    ),
    (
      ["--log-level", "loud"],
      "--log-level: must be one of trace, debug, info, notice, warning, error, critical, got 'loud'"
    ),
    (["--log-format", "xml"], "--log-format: must be text or json, got 'xml'"),
    (["--filename", ""], "--filename: needs a path, got ''"),
    (["-f", "-", "-f", "-"], "--filename: standard input can be read once, got '-'"),
  ]

  @Test(arguments: refusals)
  func refusesInOneLine(words: [String], message: String) throws {
    #expect(try refusal(["-f", "x"] + words) == message)
  }

  @Test(arguments: [
    "h:1", "http://h", "http://h:0", "http://h:65536", "http://h:+1", "http://h:1/v1", "http://:1", "http://u@h:1",
    "http://[::1:1", "http://[]:1", "http://a b:1", "ftp://h:1", "http://h:1?x", "http://::1:1", "", "http://",
  ])
  func refusesEndpoints(text: String) throws {
    let message = "--endpoint: must be http://host:port with a port from 1 to 65535, got '\(text)'"
    #expect(try refusal(["--endpoint", text]) == message)
  }

  @Test func needsSomethingToRun() throws {
    let message = "name what to run: a models.json, manifests or a folder with --filename, or --endpoint"
    #expect(try refusal([]) == message)
  }

  private static let picker = """
    apiVersion: llm-d.ai/v1alpha1
    kind: EndpointPickerConfig
    plugins:
    - type: queue-scorer
    - type: random-picker
      parameters: {maxNumOfEndpoints: 2}
    schedulingProfiles:
    - name: mine
      plugins:
      - {pluginRef: queue-scorer, weight: 1.5}
      - pluginRef: random-picker
    """

  @Test func pickersAreReadFromFileOrText() throws {
    let file = try plan(["-f", "x", "--config-file", "p.yaml"], files: ["p.yaml": Self.picker])
    #expect(file.fleet.scheduler.profileNames == ["mine"])
    #expect(file.fleet.scheduler.prefixCache == nil)
    #expect(file.fleet.hasOwnScheduler)
    let text = try plan(["-f", "x", "--config-text", Self.picker])
    #expect(text.fleet.scheduler.profileNames == ["mine"])
    #expect(
      try refusal(["-f", "x", "--config-file", "p.yaml", "--config-text", Self.picker], files: ["p.yaml": ""])
        == "--config-text: cannot stand beside --config-file")
  }

  /// Each is the picker above with one text replaced.
  @Test(arguments: [
    ("random-picker\n  p", "no-picker\n  p", "5: plugins[1].type 'no-picker' is"),
    ("weight: 1.5", "weight: heavy", "10: schedulingProfiles[0].plugins[0].weight 'heavy' is"),
    ("kind: E", "colour: blue\nkind: E", "2: colour is an unknown field"),
    ("llm-d.ai/v1alpha1", "llm-d.ai/v9", "1: apiVersion 'llm-d.ai/v9' is neither"),
    ("plugins:\n- type: q", "plugins: [\n- type: q", "4: "),
    ("kind: E", "---\nkind: E", "3: expected one document"),
  ])
  func refusalsOfPickersNameTheLine(old: String, new: String, expected: String) throws {
    let parts = Self.picker.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
    try #require(parts.count == 2)
    let text = parts[0] + new + parts[1]
    let file = try refusal(["-f", "x", "--config-file", "p.yaml"], files: ["p.yaml": String(text)])
    #expect(file.hasPrefix("--config-file: p.yaml:\(expected)"))
    #expect(try refusal(["-f", "x", "--config-text", String(text)]).hasPrefix("--config-text: line \(expected)"))
  }

  @Test func anEmptyPickerIsRefused() throws {
    #expect(try refusal(["-f", "x", "--config-text", ""]).hasPrefix("--config-text: line 1: apiVersion is"))
  }
}
