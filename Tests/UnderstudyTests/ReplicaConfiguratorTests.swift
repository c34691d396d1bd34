import Fleet
import Kubernetes
import Logging
import ModelServer
import Simulation
import Synchronization
import Testing

@testable import understudy

/// What containers run becomes what servers are configured with.
@Suite struct ReplicaConfiguratorTests {
  /// Keeps what is logged.
  private final class LogLines: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }
    func append(_ text: String) { texts.withLock { $0.append(text) } }
  }

  private struct RecordingHandler: LogHandler {
    let lines: LogLines
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.append("\(event.level): \(event.message)") }
  }

  private func configurator(_ lines: LogLines = LogLines(), files: [String: String] = [:]) -> ReplicaConfigurator {
    ReplicaConfigurator(logger: Logger(label: "test") { _ in RecordingHandler(lines: lines) }) {
      path throws(LaunchError) in
      guard let text = files[path] else { throw LaunchError("--config: no file '\(path)' in this test") }
      return text
    }
  }

  private func refusal(_ command: ContainerCommand) throws -> String {
    try #require(throws: ReplicaConfigurationError.self) { try configurator().serverConfiguration(of: command) }.reason
  }

  struct Example: Sendable, CustomTestStringConvertible {
    var title: String
    var image = "vllm/vllm-openai:v0.10.0"
    var command: [String] = []
    var args: [String] = []
    var environment: [String: String] = [:]
    /// What must be true of the configuration.
    var model: String
    var names: [String]
    var adapters: [String] = []
    var maxModelLen = EngineConfiguration().maxModelLen
    var maxLoras = EngineConfiguration().maxLoras
    var maxCPULoras: Int?
    var maxNumSeqs = EngineConfiguration().maxNumSeqs
    var port = 8000

    var testDescription: String { title }
  }

  static let examples: [Example] = [
    Example(
      title: "walkthrough 3, qwen", command: ["sh", "-c"],
      args: [
        """
        vllm serve /models/Qwen/Qwen2.5-1.5B-Instruct --host 0.0.0.0 --port 8000 --served-model-name qwen \
        --max-model-len 8192 --gpu-memory-utilization 0.95 --enforce-eager --enable-lora --max-loras 2 \
        --max-cpu-loras 4 --lora-modules travel-helper-v1=/models/travel-v1 travel-helper-v2=/models/travel-v2
        """
      ],
      model: "/models/Qwen/Qwen2.5-1.5B-Instruct", names: ["qwen"], adapters: ["travel-helper-v1", "travel-helper-v2"],
      maxModelLen: 8192, maxLoras: 2, maxCPULoras: 4),
    Example(
      title: "walkthrough 3, deepseek with continued lines", command: ["/bin/sh", "-c"],
      args: [
        """
        vllm serve /models/deepseek-r1 \\
          --served-model-name deepseek-r1 \\
          --reasoning-parser deepseek_r1 --max-model-len 16k
        """
      ],
      model: "/models/deepseek-r1", names: ["deepseek-r1"], maxModelLen: 16_000),
    Example(
      title: "the simulator with arguments only", image: "ghcr.io/llm-d/llm-d-inference-sim:v0.6.1",
      args: [
        "--model", "facebook/opt-125m", "--port", "8123", "--max-loras", "2", "--max-num-seqs=7", "--v=5",
        "--lora-modules", #"{"name": "small-segment-lora-v1"}"#, #"{"name":"small-segment-lora-v2"}"#,
      ],
      model: "facebook/opt-125m", names: ["facebook/opt-125m"],
      adapters: ["small-segment-lora-v1", "small-segment-lora-v2"], maxLoras: 2, maxNumSeqs: 7, port: 8123),
    Example(
      title: "our image with serve", image: "registry/understudy:1", args: ["serve", "m", "--port=9000"],
      model: "m", names: ["m"], port: 9000),
    Example(
      title: "our image and a model of the environment", image: "registry/understudy:1",
      environment: ["SIM_MODEL": "from-environment"], model: "from-environment", names: ["from-environment"]),
    Example(
      title: "vLLM's image with arguments only",
      args: ["--model=Qwen/Qwen3-32B", "-tp=2", "--served-model-name", "a", "b"],
      model: "Qwen/Qwen3-32B", names: ["a", "b"]),
    Example(
      title: "python -m", image: "python:3.12",
      command: ["python3", "-m", "vllm.entrypoints.openai.api_server"],
      args: ["--model", "facebook/opt-125m", "--max_num_seqs", "3", "--disable-log-requests"],
      model: "facebook/opt-125m", names: ["facebook/opt-125m"], maxNumSeqs: 3),
    Example(
      title: "python -m inside bash", image: "x",
      command: [
        "bash", "-c", "export M=m; exec python -m vllm.entrypoints.openai.api_server --model $M --max-model-len 4K",
      ],
      model: "m", names: ["m"], maxModelLen: 4096),
    Example(
      title: "flags that only concern a process",
      args: [
        "m", "--host", "nowhere.invalid", "--uds", "/run/\(String(repeating: "x", count: 200))",
        "--ssl-certfile", "/certs/only-one.pem", "--event-loops", "99999", "--log-level", "shout", "-v", "9",
        "--log-format=xml", "--print-ready-json", "--dry-run",
      ],
      environment: ["VLLM_LOGGING_LEVEL": "shout", "VLLM_PORT": "tcp://10.0.0.1:8000"], model: "m", names: ["m"]),
  ]

  @Test(arguments: examples)
  func containers(_ example: Example) throws {
    let container = Container(
      name: "server", image: example.image, command: example.command, args: example.args,
      env: example.environment.map { Container.Variable($0, .value($1)) })
    let command = try #require(ContainerCommand(container))
    let configuration = try configurator().serverConfiguration(of: command)
    #expect(configuration.models.count == 1)
    let model = configuration.models[0]
    #expect(model.model == example.model)
    #expect(model.servedNames == example.names)
    #expect(model.adapters.map(\.name) == example.adapters)
    #expect(model.loraEnabled == !example.adapters.isEmpty)
    #expect(model.engine.maxModelLen == example.maxModelLen)
    #expect(model.engine.maxLoras == example.maxLoras)
    #expect(model.engine.maxCPULoras == example.maxCPULoras)
    #expect(model.engine.maxNumSeqs == example.maxNumSeqs)
    var listener = ListenerConfiguration()
    listener.port = example.port
    #expect(configuration.listener == listener)
  }

  @Test(arguments: [
    (ContainerCommand.Server.vllmServe, ["m", "--block-size", "7"], "--block-size: token block size"),
    (.vllmServe, ["m", "n"], "unexpected argument 'n'"),
    (.vllmServe, [], "--model: model parameter is empty"),
    (.vllmModule, ["--model", "m", "--seed", "x"], "--seed: expected an integer, got 'x'"),
    (.vllmServe, ["m", "--enable-sleep-mode"], "--enable-sleep-mode: not available yet (sleep mode), got 'true'"),
    (
      .simulator, ["--model", "m", "--dataset-path", "/d.sqlite"],
      "--dataset-path: not available yet (datasets), got '/d.sqlite'"
    ),
    (.simulator, ["--model", "m", "--mode", "dream"], "--mode: invalid mode 'dream'"),
    (.simulator, ["--model", "m", "--wibble"], "unknown flag '--wibble'"),
    (.simulator, ["--model", "m", "--config", "/etc/sim.yaml"], "--config: no file '/etc/sim.yaml'"),
    (.simulator, ["up", "-f", "x"], "'up -f x' serves no model"),
    (.vllmServe, ["m", "--help"], "--help: a server so started ends at once"),
    (.simulator, ["--version"], "'--version' serves no model"),
  ])
  func refusals(server: ContainerCommand.Server, arguments: [String], message: String) throws {
    let reason = try refusal(ContainerCommand(server: server, arguments: arguments))
    #expect(reason.hasPrefix(message))
    #expect(!reason.contains("\n"))
  }

  @Test func variablesOfTheContainerCountAndNoOthers() throws {
    let command = ContainerCommand(
      server: .vllmServe, arguments: ["m"],
      environment: ["POD_NAME": "m-0", "POD_NAMESPACE": "ns", "POD_IP": "10.0.0.9", "VLLM_API_KEY": "secret"])
    let configuration = try configurator().serverConfiguration(of: command)
    #expect(configuration.pod.name == "m-0")
    #expect(configuration.pod.namespace == "ns")
    #expect(configuration.pod.ip == "10.0.0.9")
    #expect(configuration.api.apiKeys == ["secret"])
    #expect(
      try refusal(ContainerCommand(server: .vllmServe, arguments: ["m"], environment: ["VLLM_MAX_N_SEQUENCES": "0"]))
        == "VLLM_MAX_N_SEQUENCES: must be at least 1, got 0")
  }

  @Test func filesAreReadAsServeReadsThem() throws {
    let file = """
      models:
      - {model: a, max-num-seqs: 3, replicas: 4}
      - {model: b}
      port: 8765
      log-level: shout
      time-to-first-token: 7ms
      """
    let command = ContainerCommand(server: .simulator, arguments: ["--config", "m.yaml", "--model", "a"])
    let configuration = try configurator(files: ["m.yaml": file]).serverConfiguration(of: command)
    #expect(configuration.models.map(\.model) == ["a"])
    #expect(configuration.models[0].engine.maxNumSeqs == 3)
    #expect(configuration.models[0].engine.latency.timeToFirstToken == .milliseconds(7))
    #expect(configuration.models[0].replicas == 4)
    #expect(configuration.listener.port == 8765)
  }

  @Test func warningsAreLoggedOnceForAllReplicas() throws {
    let lines = LogLines()
    let configurator = configurator(lines)
    for name in ["m-0", "m-1", "m-2"] {
      let command = ContainerCommand(
        server: .vllmServe, arguments: ["m", "--seed", "1", "--seed", "2", "--dtype", "half"],
        environment: ["POD_NAME": name])
      #expect(try configurator.serverConfiguration(of: command).pod.name == name)
    }
    #expect(
      lines.all == ["warning: --seed given more than once; the last counts", "debug: --dtype accepted without effect"])
  }

  @Test func replicasWithoutASeedDiffer() throws {
    let command = ContainerCommand(server: .vllmServe, arguments: ["m"])
    let configurator = configurator()
    let seeds = try (0..<10).map { _ in try configurator.serverConfiguration(of: command).models[0].engine.seed }
    #expect(Set(seeds).count == 10)
  }
}
