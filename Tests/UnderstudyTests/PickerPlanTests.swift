import ArgumentParser
import EndpointPicking
import Fleet
import Testing

@testable import understudy

/// What the picker's flags come to.
@Suite struct PickerPlanTests {
  /// Plans as the program would, with files and environment given as values.
  private func plan(
    _ words: [String], environment: [String: String] = [:], files: [String: String] = [:], filesOnly: Bool = false
  ) throws -> PickerPlan {
    let line = try PickerDialect.parse(words, table: .picker)
    let command = try PickerCommand.parse(line.words)
    return try PickerPlan(
      command.options, environment: environment, filesOnly: filesOnly, notes: line.notes
    ) { path throws(LaunchError) in
      guard let text = files[path] else { throw LaunchError("--config-file: no '\(path)' in this test") }
      return text
    }
  }

  private static func pool(_ name: String, _ namespace: String = "default", _ group: String = APIGroup.inference)
    -> PoolID
  {
    PoolID(namespace: namespace, name: name, group: group)
  }

  @Test func defaultsAreUpstreams() throws {
    let plan = try plan(["--pool-name", "qwen"])
    let fleet = plan.fleet
    #expect(!fleet.hasFrontDoor)
    #expect(!fleet.simulatesPods)
    #expect(fleet.sources.isEmpty)
    #expect(fleet.endpoints.isEmpty)
    #expect([fleet.metricsPort, fleet.adminPort] == [9090, 8081])
    #expect(fleet.picker.listeners == [PickerListener(pool: Self.pool("qwen"), port: 9002)])
    #expect(fleet.picker.healthPort == 9003)
    #expect(!fleet.picker.hasHealthOnMainPort)
    #expect(fleet.picker.security == .selfSigned)
    #expect(fleet.picker.maxRequestBodyBytes == 16 << 20)
    #expect(!fleet.picker.sendsFallbackList)
    #expect(!fleet.picker.setsModelHeaders)
    #expect(!fleet.picker.ignoresSubsets)
    var kubernetes = KubernetesSource()
    kubernetes.pools = [Self.pool("qwen")]
    #expect(fleet.picker.kubernetes == kubernetes)
    #expect(fleet.scraping.interval == 50_000_000)
    #expect(fleet.scraping.staleness == 2_000_000_000)
    #expect(fleet.scraping.path == nil)
    #expect(fleet.scraping.port == nil)
    #expect(!fleet.scraping.isSecure)
    #expect(fleet.scraping.acceptsAnyCertificate)
    #expect(fleet.scraping.mappings == MetricsMapping.all)
    #expect(!fleet.hasOwnScheduler)
    #expect(fleet.split == .random)
    #expect(plan.logLevel == .info)
    #expect(plan.logFormat == .text)
    #expect(plan.shutdownGrace == .seconds(30))
    #expect(!plan.printReadyJSON)
    #expect(plan.notes.isEmpty)
  }

  @Test func everythingGiven() throws {
    let plan = try plan(
      [
        "--pool-name=qwen", "-pool-namespace", "models", "--pool-group", "inference.networking.x-k8s.io",
        "--grpc-port", "1", "--grpc-health-port=2", "--metrics-port", "3", "--admin-port", "4", "--health-checking",
        "--cert-path", "/certs", "--enable-cert-reload", "--disable-endpoint-subset-filter",
        "--ha-enable-leader-election=true", "--kubeconfig", "k", "-f", "a", "-f", "-", "--max-request-body-bytes", "9",
        "--fallback-list", "--bbr", "--refresh-metrics-interval", "5ms", "--metrics-staleness-threshold=1m",
        "--model-server-metrics-scheme", "https", "--model-server-metrics-path", "/m", "--model-server-metrics-port=7",
        "--model-server-metrics-https-insecure-skip-verify=false", "--split", "smooth", "--generic-model-fallback",
        "--config-file", "p", "--drain-timeout", "1.5s", "--log-level", "trace", "--log-format", "json",
        "--print-ready-json",
      ], environment: ["NAMESPACE": "other"], files: ["p": Self.scheduler])
    let fleet = plan.fleet
    let pool = Self.pool("qwen", "models", APIGroup.experimental)
    #expect(fleet.sources == ["a", "-"])
    #expect([fleet.metricsPort, fleet.adminPort] == [3, 4])
    #expect(fleet.picker.listeners == [PickerListener(pool: pool, port: 1)])
    #expect(fleet.picker.healthPort == 2)
    #expect(fleet.picker.hasHealthOnMainPort)
    #expect(fleet.picker.security == .folder("/certs", reloads: true))
    #expect(fleet.picker.maxRequestBodyBytes == 9)
    #expect(fleet.picker.sendsFallbackList)
    #expect(fleet.picker.setsModelHeaders)
    #expect(fleet.picker.ignoresSubsets)
    var kubernetes = KubernetesSource()
    kubernetes.pools = [pool]
    kubernetes.namespace = "models"
    kubernetes.kubeconfig = "k"
    kubernetes.electsLeader = true
    kubernetes.environment = ["NAMESPACE": "other"]
    #expect(fleet.picker.kubernetes == kubernetes)
    #expect(fleet.scraping.interval == 5_000_000)
    #expect(fleet.scraping.staleness == 60_000_000_000)
    #expect(fleet.scraping.path == "/m")
    #expect(fleet.scraping.port == 7)
    #expect(fleet.scraping.isSecure)
    #expect(!fleet.scraping.acceptsAnyCertificate)
    #expect(fleet.hasOwnScheduler)
    #expect(fleet.scheduler.profileNames == ["mine"])
    #expect(fleet.split == .smooth)
    #expect(fleet.genericModelFallback)
    #expect(plan.logLevel == .trace)
    #expect(plan.logFormat == .json)
    #expect(plan.shutdownGrace == .milliseconds(1500))
    #expect(plan.printReadyJSON)
    #expect(plan.notes.isEmpty)
  }

  private static let scheduler = """
    apiVersion: inference.networking.x-k8s.io/v1alpha1
    kind: EndpointPickerConfig
    plugins:
    - type: queue-scorer
    schedulingProfiles:
    - name: mine
      plugins:
      - pluginRef: queue-scorer
    """

  // MARK: Charts

  private static let common = [
    "--zap-encoder", "json", "--config-file", "/config/default-plugins.yaml", "--tracing=false",
    "--metrics-endpoint-auth=false",
  ]

  /// As the `inferencepool` chart of GIE v1.5 and the charts of llm-d write arguments.
  static let charts: [(words: [String], listener: PickerListener, security: PickerSecurity)] = [
    (
      [
        "--pool-name", "x", "--pool-namespace", "y", "--pool-group", "inference.networking.k8s.io", "--zap-encoder",
        "json", "--config-file", "/config/default-plugins.yaml", "--tracing=false", "-v", "1",
      ],
      PickerListener(pool: pool("x", "y"), port: 9002), .selfSigned
    ),
    (
      ["--pool-name", "x", "--pool-namespace", "y", "--pool-group", "inference.networking.k8s.io"] + common
        + ["--ha-enable-leader-election", "--v", "1", "--secure-serving", "false", "--grpc-port", "9012"],
      PickerListener(pool: pool("x", "y"), port: 9012), .none
    ),
    (
      ["--endpoint-selector", "app=vllm-qwen3-32b", "--endpoint-target-ports", "8000"] + common + ["--v=1"],
      PickerListener(pool: nil, port: 9002), .selfSigned
    ),
    (
      // YAML keeps these quotation marks.
      [
        "--pool-name", "x", "--total-queued-requests-metric=\"sglang:num_queue_reqs\"",
        "--total-running-requests-metric=\"sglang:num_running_reqs\"",
        "--kv-cache-usage-percentage-metric=\"sglang:token_usage\"",
        "--cache-info-metric=\"sglang:cache_config_info\"",
      ] + common,
      PickerListener(pool: pool("x"), port: 9002), .selfSigned
    ),
    (
      ["--pool-name", "x", "--grpc-health-port", "9003", "--secure-serving=false", "--v=5"] + common,
      PickerListener(pool: pool("x"), port: 9002), .none
    ),
  ]

  @Test(arguments: charts)
  func chartsArgumentsStart(words: [String], listener: PickerListener, security: PickerSecurity) throws {
    let plan = try plan(
      words, environment: ["POD_NAME": "vllm-epp-7d9f8c6b5-x2x4z"],
      files: ["/config/default-plugins.yaml": Self.scheduler])
    #expect(plan.fleet.picker.listeners == [listener])
    #expect(plan.fleet.picker.security == security)
    #expect(plan.fleet.picker.kubernetes != nil)
    #expect(plan.logFormat == .json)
    #expect(plan.notes.map(\.level) == [.info])
  }

  // MARK: Pools

  @Test(
    arguments: [
      ([], [:], "default"), ([], ["NAMESPACE": "env"], "env"), ([], ["NAMESPACE": ""], "default"),
      (["--pool-namespace", ""], ["NAMESPACE": "env"], "env"),
      (["--pool-namespace", "flag"], ["NAMESPACE": "env"], "flag"),
    ] as [([String], [String: String], String)])
  func namespaces(words: [String], environment: [String: String], expected: String) throws {
    let plan = try plan(["--pool-name", "x", "--endpoint-selector="] + words, environment: environment)
    #expect(plan.fleet.picker.listeners.first?.pool == Self.pool("x", expected))
    #expect(plan.fleet.picker.kubernetes?.namespace == expected)
  }

  @Test(
    arguments: [
      (nil, "epp"), ("", "epp"), ("vllm-5c7-abcde", "vllm"), ("my-epp-5c7-abcde", "my-epp"), ("epp-0", "epp-0"),
      ("a-b-c-d", "a-b"),
      ("single", "single"),
    ] as [(String?, String)])
  func podsWithoutAPool(pod: String?, expected: String) throws {
    let plan = try plan(
      [
        "--endpoint-selector", "app=x,tier=y", "--endpoint-target-ports", "8000,8001", "--endpoint-target-ports=8000,1",
      ],
      environment: ["POD_NAME": pod, "NAMESPACE": "n"].compactMapValues(\.self))
    #expect(plan.fleet.picker.listeners == [PickerListener(pool: nil, port: 9002)])
    let source = try #require(plan.fleet.picker.kubernetes)
    #expect(source.selectorPoolName == expected)
    #expect(source.selector == ["app": "x", "tier": "y"])
    #expect(source.targetPorts == [8000, 8001, 1])
    #expect(source.namespace == "n")
    #expect(source.pools.isEmpty)
  }

  @Test func severalPools() throws {
    let plan = try plan(["--pool", "a/b=9002", "--pool=c/d.e=0", "--pool", "f/g=0"])
    let pools = [Self.pool("b", "a"), Self.pool("d.e", "c"), Self.pool("g", "f")]
    #expect(plan.fleet.picker.listeners == zip(pools, [9002, 0, 0]).map { PickerListener(pool: $0, port: $1) })
    #expect(plan.fleet.picker.kubernetes?.pools == pools)
  }

  @Test(
    arguments: [
      (["-f", "x"], false, nil), (["-f", "x", "--pool-name", "p"], false, pool("p")),
      (["-f", "x", "--pool-name", "p", "--kubernetes"], true, pool("p")),
      (["-f", "x", "--pool-name", "p", "--kubernetes=false"], false, pool("p")),
      (["-f", "x", "--pool", "default/p=9002", "--kubeconfig", "k"], true, pool("p")),
      (["--pool-name", "p"], true, pool("p")),
    ] as [([String], Bool, PoolID?)])
  func filesTakeThePlaceOfTheServer(words: [String], asksServer: Bool, pool: PoolID?) throws {
    let picker = try plan(words).fleet.picker
    #expect((picker.kubernetes != nil) == asksServer)
    #expect(picker.listeners == [PickerListener(pool: pool, port: 9002)])
  }

  @Test func commandsThatStartNothingReadFilesOnly() throws {
    let words = ["-f", "x", "--pool-name", "p", "--kubeconfig", "k", "--kubernetes", "--ha-enable-leader-election"]
    #expect(try plan(words, filesOnly: true).fleet.picker.kubernetes == nil)
    #expect(throws: LaunchError("name the manifests with --filename")) {
      try plan(["--pool-name", "p"], filesOnly: true)
    }
  }

  // MARK: Logging

  @Test(
    arguments: [
      ([], .info), (["-v", "0"], .info), (["-v=1"], .info), (["-v3"], .info), (["--v=4"], .debug),
      (["-v", "5"], .trace),
      (["-v", "-1"], .info), (["-v5", "--zap-log-level", "info"], .info), (["--zap-log-level=error"], .error),
      (["--zap-log-level=panic"], .critical), (["--zap-log-level", "5"], .trace),
      (["--zap-log-level", "debug", "--log-level", "warn"], .warning),
    ] as [([String], LogLevel)])
  func levels(words: [String], expected: LogLevel) throws {
    #expect(try plan(["--pool-name", "p"] + words).logLevel == expected)
  }

  @Test func formats() throws {
    #expect(try plan(["--pool-name", "p", "--zap-encoder=console"]).logFormat == .text)
    #expect(try plan(["--pool-name", "p", "--zap-encoder=json", "--log-format", "text"]).logFormat == .text)
  }

  // MARK: Metrics

  @Test func metricsOfAnEngineAreCompletedFromIt() throws {
    let words = Self.charts[3].words
    let mappings = try plan(words, files: ["/config/default-plugins.yaml": Self.scheduler]).fleet.scraping.mappings
    #expect(mappings == [.sglang])
    let triton = try plan([
      "--pool-name", "p", "--total-queued-requests-metric", "nv_trt_llm_request_metrics{request_type=waiting}",
      "--kv-cache-usage-percentage-metric", "nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type=fraction}",
      "--lora-info-metric", "",
    ])
    #expect(triton.fleet.scraping.mappings == [.tritonTensorRTLLM])
  }

  @Test func metricsOfOnesOwnTakeThePlaceOfVLLMs() throws {
    let plan = try plan([
      "--pool-name", "p", "--total-queued-requests-metric", "my:waiting{pool=\"a\"}", "--total-running-requests-metric",
      "my:running", "--lora-info-metric=", "--cache-info-metric", "sglang:cache_config_info",
    ])
    var expected = MetricsMapping.vllm
    expected.waiting = [try MetricSelector(parsing: "my:waiting{pool=a}")]
    expected.running = [MetricSelector(name: "my:running")]
    expected.adapters = []
    expected.cacheInfo = [MetricSelector(name: "sglang:cache_config_info")]
    expected.blockSizeLabel = "page_size"
    expected.blocksLabel = "num_pages"
    #expect(plan.fleet.scraping.mappings == [expected])
  }

  @Test func namingWhatIsReadAnywayChangesNothing() throws {
    let plan = try plan([
      "--pool-name", "p", "--total-queued-requests-metric", "vllm:num_requests_waiting",
      "--kv-cache-usage-percentage-metric=vllm:kv_cache_usage_perc", "--lora-info-metric", "vllm:lora_requests_info",
      "--model-server-metrics-path=\"/prometheus/metrics\"", "--model-server-metrics-port", "0",
    ])
    #expect(plan.fleet.scraping.mappings == MetricsMapping.all)
    #expect(plan.fleet.scraping.path == "/prometheus/metrics")
    #expect(plan.fleet.scraping.port == nil)
  }

  // MARK: Doubtful and wrong

  @Test(arguments: [
    (["--endpoint-target-ports", "1"], "--endpoint-target-ports has no effect without --endpoint-selector"),
    (["--enable-cert-reload"], "--enable-cert-reload has no effect without --cert-path"),
    (["--secure-serving=false", "--cert-path", "/x"], "--cert-path has no effect with --secure-serving=false"),
    (
      ["--metrics-staleness-threshold", "10ms"],
      "--metrics-staleness-threshold is below the time between readings: they are stale most of the time"
    ),
  ])
  func notes(words: [String], text: String) throws {
    #expect(try plan(["--pool-name", "p"] + words).notes == [LaunchNote(level: .warning, text: text)])
  }

  private static let span = "must be a duration such as 50ms or 1m30s, from"

  static let refusals: [([String], String)] = [
    (
      [],
      "name the pool: --pool-name, --endpoint-selector with --endpoint-target-ports, --pool for several, "
        + "or --filename with manifests that have one"
    ),
    (
      ["-f", "x", "--kubernetes"],
      "name the pool to ask the API server for: --pool-name, --endpoint-selector or --pool"
    ),
    (["--pool-name", "Qwen"], "--pool-name: must be an object's name, got 'Qwen'"),
    (["--pool-name", "a/b"], "--pool-name: must be an object's name, got 'a/b'"),
    (
      ["--pool-name", "p", "--pool-namespace", "a.b"],
      "--pool-namespace: must be small letters, digits and hyphens, at most 63, got 'a.b'"
    ),
    (
      ["--pool-name", "p", "--pool-group", "x"],
      "--pool-group: must be inference.networking.k8s.io or inference.networking.x-k8s.io, got 'x'"
    ),
    (["--pool-name", "p", "--endpoint-selector", "a=b"], "--endpoint-selector: cannot stand beside --pool-name"),
    (["--pool-name", "p", "--pool", "a/b=1"], "--pool: cannot stand beside --pool-name"),
    (["--endpoint-selector", "a=b", "--pool", "a/b=1"], "--pool: cannot stand beside --endpoint-selector"),
    (
      ["--pool", "a/b=1", "--grpc-port", "1"],
      "--grpc-port: cannot stand beside --pool, which has a port for each pool"
    ),
    (["--pool", "b=1"], "--pool: must be NAMESPACE/NAME=PORT with a port from 0 to 65535, got 'b=1'"),
    (["--pool", "a/b"], "--pool: must be NAMESPACE/NAME=PORT with a port from 0 to 65535, got 'a/b'"),
    (["--pool", "a/b=65536"], "--pool: must be NAMESPACE/NAME=PORT with a port from 0 to 65535, got 'a/b=65536'"),
    (["--pool", "a/b=1", "--pool", "a/b=2"], "--pool: each pool can be named once, got 'a/b=2'"),
    (["--pool", "a/b=1", "--pool", "a/c=1"], "--pool: ports must differ, got '1'"),
    (["--pool", "a/b=1", "--pool", "a/c=9003"], "--grpc-health-port: must differ from --pool, got '9003'"),
    (
      ["--endpoint-selector", "a=b"],
      "--endpoint-target-ports: must be 1 to 8 ports from 1 to 65535 such as 8000,8001, got ''"
    ),
    (
      ["--endpoint-selector", "a=b", "--endpoint-target-ports", "1,2,3,4,5,6,7,8,9"],
      "--endpoint-target-ports: must be 1 to 8 ports from 1 to 65535 such as 8000,8001, got '1,2,3,4,5,6,7,8,9'"
    ),
    (
      ["--endpoint-selector", "a=b", "--endpoint-target-ports", "0"],
      "--endpoint-target-ports: must be 1 to 8 ports from 1 to 65535 such as 8000,8001, got '0'"
    ),
    (
      ["--endpoint-selector", "a in (b)", "--endpoint-target-ports", "1"],
      "--endpoint-selector: must be labels and values such as app=x,tier=y, got 'a in (b)'"
    ),
    (
      ["-f", "x", "--endpoint-selector", "a=b", "--endpoint-target-ports", "1"],
      "--endpoint-selector: needs an API server (--kubernetes beside --filename), got 'a=b'"
    ),
    (
      ["-f", "x", "--ha-enable-leader-election"],
      "--ha-enable-leader-election: needs an API server (--kubernetes beside --filename)"
    ),
    (["-f", ""], "--filename: needs a path, got ''"),
    (["-f", "-", "-f", "-"], "--filename: standard input can be read once, got '-'"),
    (["--pool-name", "p", "--kubeconfig", ""], "--kubeconfig: needs a path, got ''"),
    (["-f", "x", "--grpc-port", "65536"], "--grpc-port: must be 0 to 65535, got '65536'"),
    (["-f", "x", "--grpc-health-port", "x"], "--grpc-health-port: must be 0 to 65535, got 'x'"),
    (["-f", "x", "--metrics-port", "-1"], "--metrics-port: must be 0 to 65535, got '-1'"),
    (["-f", "x", "--admin-port", "1.5"], "--admin-port: must be 0 to 65535, got '1.5'"),
    (["-f", "x", "--grpc-port", "9003"], "--grpc-health-port: must differ from --grpc-port, got '9003'"),
    (["-f", "x", "--admin-port", "9090"], "--admin-port: must differ from --metrics-port, got '9090'"),
    (
      ["-f", "x", "--max-request-body-bytes", "0"],
      "--max-request-body-bytes: must be 1 to 536870912, got '0'"
    ),
    (["-f", "x", "--refresh-metrics-interval", "50"], "--refresh-metrics-interval: \(span) 1ms to 24h, got '50'"),
    (["-f", "x", "--refresh-metrics-interval", "0"], "--refresh-metrics-interval: \(span) 1ms to 24h, got '0'"),
    (["-f", "x", "--metrics-staleness-threshold=25h"], "--metrics-staleness-threshold: \(span) 1ms to 24h, got '25h'"),
    (["-f", "x", "--drain-timeout", "-1s"], "--drain-timeout: \(span) 0 to 24h, got '-1s'"),
    (
      ["-f", "x", "--model-server-metrics-scheme", "ftp"],
      "--model-server-metrics-scheme: must be http or https, got 'ftp'"
    ),
    (
      ["-f", "x", "--model-server-metrics-path", "metrics"],
      "--model-server-metrics-path: must be a URL's path such as /metrics, got 'metrics'"
    ),
    (
      ["-f", "x", "--model-server-metrics-port", "70000"],
      "--model-server-metrics-port: must be 0 to 65535, got '70000'"
    ),
    (["-f", "x", "-v", "high"], "--v: must be a whole number, got 'high'"),
    (
      ["-f", "x", "--zap-log-level", "0"],
      "--zap-log-level: must be debug, info, error, panic or a number above 0, got '0'"
    ),
    (["-f", "x", "--zap-encoder", "xml"], "--zap-encoder: must be json or console, got 'xml'"),
    (["-f", "x", "--log-format", "xml"], "--log-format: must be text or json, got 'xml'"),
    (["-f", "x", "--split", "even"], "--split: must be random or smooth, got 'even'"),
    (["-f", "x", "--config-file", "a", "--config-text", "b"], "--config-text: cannot stand beside --config-file"),
    (["-f", "x", "--config-file", "a"], "--config-file: no 'a' in this test"),
  ]

  @Test(arguments: refusals)
  func refusesInOneLine(words: [String], message: String) throws {
    let error = try #require(throws: LaunchError.self) { try plan(words) }
    #expect(error.message == message)
    #expect(error.status == 2)
  }

  @Test(arguments: [
    "total-queued-requests-metric", "total-running-requests-metric", "kv-cache-usage-percentage-metric",
    "lora-info-metric", "cache-info-metric",
  ])
  func refusesWhatIsNoSeries(flag: String) throws {
    let error = try #require(throws: LaunchError.self) { try plan(["-f", "x", "--\(flag)", "a{b"]) }
    #expect(error.message.hasPrefix("--\(flag): not a metric selector: \"a{b\""))
    #expect(error.status == 2)
  }

  @Test func theEnvironmentsNamespaceIsCheckedToo() throws {
    #expect(throws: LaunchError("NAMESPACE: must be small letters, digits and hyphens, at most 63, got 'A'")) {
      try plan(["--pool-name", "p"], environment: ["NAMESPACE": "A"])
    }
  }
}

/// What whoever starts a process learns of its addresses.
@Suite struct FleetAddressesTests {
  @Test func onlyWhatThereIs() {
    var addresses = FleetAddresses(
      frontDoor: nil, admin: "http://127.0.0.1:8081", metrics: "http://localhost:9090/metrics",
      pickers: ["0.0.0.0:9002", "0.0.0.0:9012"], health: "0.0.0.0:9003")
    #expect(
      addresses.json == #"{"ready":true,"admin_url":"http://127.0.0.1:8081","#
        + #""metrics_url":"http://localhost:9090/metrics","grpc":["0.0.0.0:9002","0.0.0.0:9012"],"health":"0.0.0.0:9003"}"#
    )
    #expect(addresses.metadata["grpc"] == "0.0.0.0:9002,0.0.0.0:9012")
    #expect(addresses.metadata["url"] == nil)
    (addresses.frontDoor, addresses.pickers, addresses.health) = ("http://localhost:8080", [], nil)
    #expect(
      addresses.json == #"{"ready":true,"url":"http://localhost:8080","admin_url":"http://127.0.0.1:8081","#
        + #""metrics_url":"http://localhost:9090/metrics"}"#)
    #expect(Set(addresses.metadata.keys) == ["url", "admin", "metrics"])
  }
}
