import Foundation
import ModelServer
import Simulation
import Testing

@testable import understudy

@Suite struct ConfigFileTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test func theSimulatorsYAML() throws {
    let text = """
      model: example/base-model
      host:
      port: 9100
      mode: "echo"
      seed: 77
      served-model-name: ["m1", "m2"]
      lora-modules:
      - '{"name":"l1","path":"/p/l1"}'
      - {name: l2, path: /p/l2}
      - l3=/p/l3
      max-loras: 3
      max-cpu-loras: 5
      time-to-first-token: "400ms"
      time-to-first-token-std-dev: 120
      inter-token-latency: 1.5
      enable-prefix-caching: true
      enforce-eager: false
      """
    let configuration = try plan("--config c.yaml", files: ["c.yaml": text]).configuration
    let model = configuration.models[0]
    #expect(configuration.listener.port == 9100)
    #expect(configuration.listener.host == nil)
    #expect(model.model == "example/base-model")
    #expect(model.servedNames == ["m1", "m2"])
    #expect(model.adapters.map(\.name) == ["l1", "l2", "l3"])
    #expect(model.adapters.map(\.path) == ["/p/l1", "/p/l2", "/p/l3"])
    #expect(model.engine.maxCPULoras == 5)
    #expect(model.engine.mode == .echo)
    #expect(model.engine.seed == 77)
    #expect(model.engine.latency.timeToFirstToken == .milliseconds(400))
    #expect(model.engine.latency.timeToFirstTokenStdDev == .milliseconds(120))
    #expect(model.engine.latency.interTokenLatency == .microseconds(1500))
  }

  @Test func vLLMsYAML() throws {
    let text = """
      model: example/base-model
      max_model_len: 32k
      host: "127.0.0.1"
      uvicorn-log-level: warning
      tensor_parallel_size: 4
      no-enable-prefix-caching: true
      compilation-config: {mode: 3, sizes: [1, 2]}
      """
    let configuration = try plan("--config c.yaml", files: ["c.yaml": text]).configuration
    #expect(configuration.listener.host == "127.0.0.1")
    #expect(configuration.models[0].engine.maxModelLen == 32000)
  }

  @Test func theRepositorysModels() throws {
    let text = try String(contentsOf: Self.root.appending(path: "models.json"), encoding: .utf8)
    let plan = try plan("--config models.json", files: ["models.json": text])
    let models = plan.configuration.models
    #expect(models.map(\.model) == ["facebook/opt-125m", "facebook/opt-125m-canary"])
    #expect(models.map(\.replicas) == [2, 1])
    #expect(models[0].adapters.map(\.name) == ["small-segment-lora-v1", "small-segment-lora-v2"])
    #expect(models[0].engine.maxLoras == 2)
    #expect(models.map(\.loraEnabled) == [true, false])
    for model in models {
      #expect(model.engine.maxModelLen == 2048)
      #expect(model.engine.maxNumSeqs == 16)
      #expect(model.engine.latency.timeToFirstToken == .milliseconds(30))
      #expect(model.engine.latency.interTokenLatency == .milliseconds(10))
    }
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
  }

  static let two = """
    {
      "models": [
        {"model": "a", "served-model-name": ["a", "alias"], "max-num-seqs": 3, "max-waiting-queue-length": 9,
         "lora-modules": [{"name": "l", "path": "/l"}], "replicas": 4},
        {"model": "b", "time-to-first-token": 7}
      ],
      "port": 1234,
      "max-num-seqs": 2,
      "time-to-first-token": "30ms"
    }
    """

  @Test func entriesOverDefaultsUnderTheCommandLine() throws {
    let configuration = try plan("--config f", files: ["f": Self.two]).configuration
    #expect(configuration.listener.port == 1234)
    #expect(configuration.models.map(\.engine.maxNumSeqs) == [3, 2])
    #expect(configuration.models.map(\.engine.maxWaitingQueueLength) == [9, 1000])
    #expect(configuration.models.map(\.engine.latency.timeToFirstToken) == [.milliseconds(30), .milliseconds(7)])
    #expect(configuration.models.map(\.replicas) == [4, 1])
    let overridden = try plan(
      "--config f --max-num-seqs 8 --time-to-first-token 1 --max-num-queued-reqs 5", files: ["f": Self.two]
    ).configuration
    #expect(overridden.models.map(\.engine.maxNumSeqs) == [8, 8])
    #expect(overridden.models.map(\.engine.maxWaitingQueueLength) == [5, 5])
    #expect(overridden.models.map(\.engine.latency.timeToFirstToken) == [.milliseconds(1), .milliseconds(1)])
  }

  @Test(arguments: ["--model b", "b", "--model b --served-model-name x", "--model alias"])
  func aModelOnTheCommandLineSelects(line: String) throws {
    let models = try plan("--config f " + line, files: ["f": Self.two]).configuration.models
    #expect(models.map(\.model) == [line.hasSuffix("alias") ? "a" : "b"])
    #expect(models[0].servedNames == (line.hasSuffix("x") ? ["x"] : line.hasSuffix("alias") ? ["a", "alias"] : ["b"]))
  }

  @Test func theSelectedEntryOfManyIsNamedInErrors() throws {
    let text = "models:\n- model: a\n- model: b\n  max-num-seqs: 0\n"
    #expect(
      try refusal("--config f b", files: ["f": text]) == "f:4: max-num-seqs: max num seqs cannot be less than 1, got 0")
    _ = try plan("--config f a", files: ["f": text])
  }

  static let refused: [(line: String, text: String, message: String)] = [
    ("--model z", two, "--model: f declares no model 'z', only a, b"),
    (
      "--served-model-name z", two,
      "--served-model-name: needs a single model, but 2 are configured; choose one with --model"
    ),
    ("--lora-modules z=y", two, "--lora-modules: needs a single model, but 2 are configured; choose one with --model"),
    ("", "model: a\nmax-num-sqs: 3\n", "f:2: unknown key 'max-num-sqs' (did you mean 'max-num-seqs'?)"),
    ("", "model: a\nport: x\n", "f:2: port: expected an integer, got 'x'"),
    ("", "model: a\nport: [1]\n", "f:2: port: expected a single value, got a list"),
    ("", "model: a\nport: 1\nport: 2\n", "f:3: duplicate key 'port', first at line 2"),
    ("", "model: a\nmax-num-seqs: 1\nmax_num_seqs: 2\n", "f:3: max-num-seqs: given twice"),
    ("", "model: a\nport: -4\n", "f:2: port: invalid port '-4', must be 0 to 65535"),
    ("", "model: a\nconfig: x\n", "f:2: config: only a flag of the command line"),
    ("", "model: a\nreplicas: 2\n", "f:2: replicas: belongs in an entry of 'models'"),
    ("", "- a\n- b\n", "f:1: expected keys and values, got a list"),
    ("", "models: []\n", "f:1: models: expected a list of at least one model, got a list"),
    ("", "models: 5\n", "f:1: models: expected a list of at least one model, got a single value"),
    ("", "models:\n- a\n", "f:2: models: expected a model's keys and values, got a single value"),
    ("", "models:\n- port: 1\n", "f:2: port: about the whole server; belongs beside 'models', not in an entry"),
    ("", "models:\n- max-num-seqs: 1\n", "f:2: model: missing in an entry of 'models'"),
    ("", "model: x\nmodels:\n- model: a\n", "f:1: model: cannot stand beside 'models'"),
    ("", "models:\n- model: a\n- model: a\n", "f:3: model: 'a' is already a name of model 'a'"),
    (
      "", "models:\n- model: a\n- model: b\n  served-model-name: [a]\n",
      "f:4: served-model-name: 'a' is already a name of model 'a'"
    ),
    (
      "", "models:\n- model: a\n  lora-modules: [l=p]\n- model: b\n  lora-modules: [l=p]\n",
      "f:5: lora-modules: 'l' is already the name of a model or adapter of 'a'"
    ),
    ("", "models:\n- model: a\n  replicas: 0\n", "f:3: replicas: must be 1 to 10000, got 0"),
    ("", "models:\n- model: a\n  wibble: 0\n", "f:3: unknown key 'wibble'"),
    ("", "model: a\nrewrites: []\n", "f:2: unknown key 'rewrites'"),
    ("", "models:\n- model: a\n  rewrites: []\n", "f:3: unknown key 'rewrites'"),
    ("", "model: a\ndata-parallel-size: 4\n", "f:2: data-parallel-size: not available yet (data parallelism), got '4'"),
  ]

  @Test(arguments: refused)
  func refuses(line: String, text: String, message: String) throws {
    #expect(try refusal("--config f " + line, files: ["f": text]) == message)
  }

  @Test(arguments: ["{\"model\": \"a\",\n \"port\": }}", "model: [a\nport: 1\n", "a: b: c\n", "\u{1}"])
  func brokenFilesNameTheLine(text: String) throws {
    #expect(try refusal("--config f", files: ["f": text]).hasPrefix("f:"))
  }

  @Test func unknownKeysAreSkippedOnRequest() throws {
    let plan = try plan("--config f --ignore-unknown-flags", files: ["f": "model: a\nwibble: 3\n"])
    #expect(plan.options.notes == [LaunchNote(level: .warning, text: "f:2: ignored unknown key 'wibble'")])
  }

  @Test(arguments: ["[{name: r, models: [x], targets: [{model: a}]}]", "[]", "5", ""])
  func rewritesAreForUpAlone(value: String) throws {
    let text = "rewrites: \(value)\nmodels:\n- model: a\n"
    let plan = try plan("--config f", files: ["f": text])
    #expect(plan.configuration.models.map(\.model) == ["a"])
    #expect(plan.options.notes.isEmpty)
  }

  @Test(arguments: ["", "# nothing\n", "{}", "null"])
  func emptyFilesSayNothing(text: String) throws {
    #expect(try plan("m --config f", files: ["f": text]).configuration.models[0].model == "m")
  }

  @Test func missingFiles() {
    #expect(throws: LaunchError("--config: cannot read '/nonexistent/x': No such file or directory")) {
      try FileText.read("/nonexistent/x")
    }
    #expect(throws: LaunchError.self) { try FileText.read("/") }
  }
}
