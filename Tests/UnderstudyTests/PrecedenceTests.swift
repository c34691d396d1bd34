import ModelServer
import Simulation
import Testing

@testable import understudy

@Suite struct PrecedenceTests {
  @Test func flagBeatsEnvironmentBeatsFileBeatsDefault() throws {
    let file = ["c.yaml": "model: from-file\n"]
    let environment = ["SIM_MODEL": "from-environment"]
    func model(_ line: String, _ environment: [String: String] = [:], _ files: [String: String] = [:]) throws -> String
    {
      try plan(line, environment: environment, files: files).configuration.models[0].model
    }
    #expect(try model("--config c.yaml", [:], file) == "from-file")
    #expect(try model("--config c.yaml", environment, file) == "from-environment")
    #expect(try model("--config c.yaml --model from-flag", environment, file) == "from-flag")
    #expect(try model("from-argument --config c.yaml", environment, file) == "from-argument")
  }

  @Test func theArgumentBeatsTheFlagAsWithVLLM() throws {
    let plan = try plan("a --model b")
    #expect(plan.configuration.models[0].model == "a")
    #expect(plan.options.notes.contains { $0.level == .warning && $0.text.contains("overrides --model b") })
  }

  @Test func apiKeys() throws {
    func keys(_ line: String, _ environment: [String: String] = [:]) throws -> [String] {
      let file = ["c": "model: m\napi-key: [f1, f2]\n"]
      return try plan(line, environment: environment, files: file).configuration.api.apiKeys
    }
    #expect(try keys("--config c") == ["f1", "f2"])
    #expect(try keys("--config c", ["VLLM_API_KEY": "e"]) == ["e"])
    #expect(try keys("--config c --api-key k1 k2", ["VLLM_API_KEY": "e"]) == ["k1", "k2"])
    #expect(try keys("--config c --api-key", ["VLLM_API_KEY": "e"]) == [])
    #expect(try keys("m", ["VLLM_API_KEY": ""]) == [])
  }

  @Test func bodySize() throws {
    func bytes(_ line: String, _ environment: [String: String] = [:]) throws -> Int {
      let file = ["c": "model: m\nmax-request-body-size-mb: 8\n"]
      return try plan(line, environment: environment, files: file).configuration.listener.maxRequestBodyBytes
    }
    let environment = ["VLLM_HTTP_MAX_REQUEST_BODY_SIZE": "1000"]
    #expect(try bytes("m") == 4 << 20)
    #expect(try bytes("--config c") == 8 << 20)
    #expect(try bytes("--config c", environment) == 1000)
    #expect(try bytes("--config c --max-request-body-size-mb 2", environment) == 2 << 20)
  }

  @Test(arguments: [
    ("m", "", LogLevel.info), ("m -v 1", "", .warning), ("m --v=3", "", .info), ("m -v 4", "", .debug),
    ("m -v 5", "", .trace), ("m -v 4 --log-level error", "", .error), ("m", "DEBUG", .debug),
    ("m", "WARNING", .warning), ("m -v 2", "DEBUG", .info), ("--config c", "", .trace), ("--config c", "error", .error),
  ])
  func logLevels(line: String, variable: String, level: LogLevel) throws {
    let file = ["c": "model: m\nv: 5\n"]
    #expect(try plan(line, environment: ["VLLM_LOGGING_LEVEL": variable], files: file).options.logLevel == level)
  }

  @Test(arguments: [
    ("m", 1000, 429), ("m --max-waiting-queue-length 3", 3, 429), ("m --max-num-queued-reqs 3", 3, 503),
    ("m --max-num-queued-reqs 3 --queue-full-status 429", 3, 429), ("m --queue-full-status 503", 1000, 503),
    ("--config q", 7, 503), ("--config q --max-waiting-queue-length 3", 3, 429),
    ("--config w --max-num-queued-reqs 3", 3, 503),
  ])
  func queueLimits(line: String, length: Int, status: Int) throws {
    let files = ["q": "model: m\nmax-num-queued-reqs: 7\n", "w": "model: m\nmax-waiting-queue-length: 7\n"]
    let configuration = try plan(line, files: files).configuration
    #expect(configuration.models[0].engine.maxWaitingQueueLength == length)
    #expect(configuration.api.queueFullStatus == status)
  }

  @Test func blockCountsByEitherName() throws {
    func blocks(_ line: String) throws -> Int? {
      let files = ["c": "model: m\nnum-gpu-blocks-override: 9\n"]
      return try plan(line, files: files).configuration.models[0].engine.numKVBlocks
    }
    #expect(try blocks("m") == nil)
    #expect(try blocks("m --kv-cache-size 5") == 5)
    #expect(try blocks("m --kv-cache-size 5 --num-gpu-blocks-override 6") == 6)
    #expect(try blocks("--config c") == 9)
    #expect(try blocks("--config c --kv-cache-size 5") == 5)
  }

  @Test func environmentOnlySettings() throws {
    let configuration = try plan(
      "m",
      environment: [
        "POD_NAME": "p", "POD_NAMESPACE": "n", "POD_IP": "10.0.0.1", "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "False",
        "VLLM_MAX_N_SEQUENCES": "5", "VLLM_MAX_STOP_STRINGS": "6", "VLLM_MAX_COMPLETION_PROMPTS": "7",
        "VLLM_SKIP_MODEL_NAME_VALIDATION": "1", "VLLM_PORT": "tcp://10.0.0.2:8000", "PYTHONHASHSEED": "0",
      ]
    ).configuration
    #expect(configuration.pod.name == "p")
    #expect(configuration.pod.namespace == "n")
    #expect(configuration.pod.ip == "10.0.0.1")
    #expect(!configuration.api.runtimeLoraUpdating)
    #expect(configuration.api.maxChoices == 5)
    #expect(configuration.api.maxStopStrings == 6)
    #expect(configuration.api.maxCompletionPrompts == 7)
    #expect(configuration.api.skipModelNameValidation)
    #expect(configuration.listener.port == 8000)
  }

  @Test func defaultsAreTheContracts() throws {
    let configuration = try plan("m").configuration
    var expected = ServerConfiguration()
    expected.models = [ModelConfiguration(model: "m")]
    expected.models[0].engine.seed = 42
    expected.api.systemFingerprint = configuration.api.systemFingerprint
    #expect(configuration == expected)
    #expect(configuration.api.systemFingerprint?.hasPrefix("vllm-0.33.0-") == true)
  }

  @Test func offOnTheCommandLineBeatsOnInTheFile() throws {
    let files = ["c": "model: m\nenable-kvcache: true\n"]
    #expect(
      try refusal("--config c", files: files)
        == "c:2: enable-kvcache: not available yet (reuse of KV blocks), got 'true'")
    _ = try plan("--config c --enable-kvcache=false", files: files)
  }

  @Test func everyOptionReachesTheConfiguration() throws {
    let plan = try plan(
      """
      serve-me --host ::1 --port 0 --uds /run/u.sock --ssl-certfile c.pem --ssl-keyfile k.pem --event-loops 3 \
      --allowed-origins ["http://a","http://b"] --allowed-methods GET POST --allowed-headers X --allow-credentials \
      --root-path vllm/ --enable-request-id-headers --enable-force-include-usage --enable-server-load-tracking \
      --return-tokens-as-token-ids --max-logprobs -1 --stream-interval 4 --sse-keep-alive-interval 2.5 \
      --response-role robot --fingerprint-value fp --disable-log-stats --log-http --failure-injection-rate 9 \
      --failure-types server_error --shutdown-timeout 5 --startup-duration 250 --print-ready-json --log-format json \
      --seed -1 --mode echo --enable-lora --max-loras 2 --max-cpu-loras 3 --block-size 32 --max-model-len auto \
      --time-factor-under-load 2.5 --latency-calculator per-token --prefill-time-per-token 250us
      """)
    let configuration = plan.configuration
    #expect(configuration.listener.host == "::1")
    #expect(configuration.listener.port == 0)
    #expect(configuration.listener.unixSocket == "/run/u.sock")
    #expect(configuration.listener.tls == .files(certificate: "c.pem", key: "k.pem"))
    #expect(configuration.listener.eventLoops == 3)
    let api = configuration.api
    #expect(api.allowedOrigins == ["http://a", "http://b"])
    #expect(api.allowedMethods == ["GET", "POST"])
    #expect(api.allowedHeaders == ["X"])
    #expect(api.allowCredentials && api.requestIDHeaders && api.forceIncludeUsage && api.serverLoadTracking)
    #expect(api.returnTokensAsTokenIDs && api.logHTTP && !api.logStats)
    #expect(api.rootPath == "/vllm")
    #expect(api.maxLogprobs == .max)
    #expect(api.streamInterval == 4)
    #expect(api.sseKeepAliveInterval == .milliseconds(2500))
    #expect(api.responseRole == "robot")
    #expect(api.systemFingerprint == "fp")
    #expect(configuration.failures.ratePercent == 9)
    #expect(configuration.failures.types == [.serverError])
    #expect(configuration.shutdownGrace == .seconds(5))
    #expect(configuration.startupDuration == .milliseconds(250))
    let model = configuration.models[0]
    #expect(model.servedNames == ["serve-me"])
    #expect(model.loraEnabled)
    #expect(model.engine.seed == .max)
    #expect(model.engine.mode == .echo)
    #expect(model.engine.maxLoras == 2)
    #expect(model.engine.maxCPULoras == 3)
    #expect(model.engine.blockSize == 32)
    #expect(model.engine.maxModelLen == 1024)
    #expect(model.engine.latency.timeFactorUnderLoad == 2.5)
    #expect(model.engine.latency.calculator == .perToken)
    #expect(model.engine.latency.prefillTimePerToken == .microseconds(250))
    #expect(plan.options.printReadyJSON)
    #expect(plan.options.logFormat == .json)
  }

  @Test func adaptersSwitchLoRAOn() throws {
    #expect(try plan("m --lora-modules a=p").configuration.models[0].loraEnabled)
    #expect(try plan("m --enable-lora").configuration.models[0].loraEnabled)
    #expect(try !plan("m --lora-modules").configuration.models[0].loraEnabled)
    #expect(try !plan("m").configuration.models[0].loraEnabled)
  }
}
