import Kubernetes
import Testing

@Suite("What a container runs")
struct ContainerCommandTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var container: Container
    var server: ContainerCommand.Server?
    var arguments: [String] = []
    var environment: [String: String] = [:]

    init(
      _ description: String, image: String = "vllm/vllm-openai:v0.10.0", command: [String] = [], args: [String] = [],
      env: [Container.Variable] = [], _ server: ContainerCommand.Server?, _ arguments: [String] = [],
      environment: [String: String] = [:]
    ) {
      testDescription = description
      container = Container(name: "c", image: image, command: command, args: args, env: env)
      self.server = server
      self.arguments = arguments
      self.environment = environment
    }
  }

  static let sim = "ghcr.io/llm-d/llm-d-inference-sim:v0.8.2"
  static let qwen = """
    vllm serve /models/qwen --port 8000 --served-model-name qwen --max-model-len 8192 \\
      --gpu-memory-utilization 0.95 --enforce-eager --enable-lora --max-loras 2 --max-cpu-loras 4 \\
      --lora-modules travel-helper-v1=/models/a travel-helper-v2=/models/b
    """
  static let qwenWords = [
    "/models/qwen", "--port", "8000", "--served-model-name", "qwen", "--max-model-len", "8192",
    "--gpu-memory-utilization", "0.95", "--enforce-eager", "--enable-lora", "--max-loras", "2", "--max-cpu-loras", "4",
    "--lora-modules", "travel-helper-v1=/models/a", "travel-helper-v2=/models/b",
  ]
  static let name = Container.Variable("POD_NAME", .podField("metadata.name"))

  static let direct: [Case] = [
    Case("image alone", image: sim, .simulator),
    Case(
      "simulator in kind", image: sim,
      args: ["--model", "Qwen/Qwen3-32B", "--port", "8000", "--lora-modules", "{\"name\":\"food-review-1\"}"],
      .simulator, ["--model", "Qwen/Qwen3-32B", "--port", "8000", "--lora-modules", "{\"name\":\"food-review-1\"}"]),
    Case(
      "our image by digest", image: "r.io:5000/x/understudy@sha256:ab", args: ["--model", "m"], .simulator,
      ["--model", "m"]),
    Case(
      "simulator's path", image: "x", command: ["/app/llm-d-inference-sim"], args: ["--model=m"], .simulator,
      ["--model=m"]),
    Case("our program", image: "x", command: ["understudy", "serve", "--model", "m"], .simulator, ["--model", "m"]),
    Case("another command of our program", image: "x", command: ["understudy", "up"], nil),
    Case("our image, served", image: "understudy:1", args: ["serve", "--model", "m"], .simulator, ["--model", "m"]),
    Case("another command of our image", image: "r.io/understudy:1", args: ["epp", "--pool-name", "p"], nil),
    Case("vLLM's image", args: ["--model", "m"], .vllmServe, ["--model", "m"]),
    Case(
      "command and args", image: "x", command: ["vllm", "serve"], args: ["m", "--port", "8000"], .vllmServe,
      ["m", "--port", "8000"]),
    Case("all in args", args: ["vllm", "serve", "m"], .vllmServe, ["m"]),
    Case(
      "python module", image: "x", command: ["python3", "-m", "vllm.entrypoints.openai.api_server"],
      args: ["--model", "m"], .vllmModule, ["--model", "m"]),
    Case(
      "python with options", image: "x",
      command: ["/usr/bin/python3.12", "-u", "-X", "dev", "-m", "vllm.entrypoints.openai.api_server", "--model", "m"],
      .vllmModule, ["--model", "m"]),
    Case(
      "python of the CLI", image: "x", command: ["python", "-m", "vllm.entrypoints.cli.main", "serve", "m"], .vllmServe,
      ["m"]),
    Case("other module", image: "x", command: ["python", "-m", "http.server"], nil),
    Case("other program", command: ["sleep", "infinity"], nil),
    Case("sidecar", image: "envoyproxy/envoy:v1", args: ["-c", "/etc/envoy.yaml"], nil),
    Case("vLLM's other commands", command: ["vllm", "bench", "serve"], nil),
    Case("nothing", image: "", nil),
    Case("env", image: "x", command: ["env", "A=1", "vllm", "serve", "m"], .vllmServe, ["m"], environment: ["A": "1"]),
    Case("tini", image: "x", command: ["/usr/bin/tini", "--", "vllm", "serve", "m"], .vllmServe, ["m"]),
    Case("uv", image: "x", command: ["uv", "run", "--with", "x", "vllm", "serve", "m"], .vllmServe, ["m"]),
    Case("timeout", image: "x", command: ["timeout", "-k", "5", "60", "vllm", "serve", "m"], .vllmServe, ["m"]),
  ]

  static let shells: [Case] = [
    Case("qwen", image: "x", command: ["sh", "-c", qwen], .vllmServe, qwenWords),
    Case("script in args", image: "x", command: ["/bin/bash", "-c"], args: [qwen], .vllmServe, qwenWords),
    Case("shell in args", image: "x", args: ["sh", "-c", "vllm serve m"], .vllmServe, ["m"]),
    Case(
      "options of bash", image: "x", command: ["bash", "-euxo", "pipefail", "-c", "vllm serve m"], .vllmServe, ["m"]),
    Case("login shell", image: "x", command: ["/usr/bin/env", "bash", "-lc", "vllm serve m"], .vllmServe, ["m"]),
    Case(
      "exec, assignments, &&", image: "x",
      command: ["sh", "-c", "cd /app && export A=1 B='2 3'; VLLM_USE_V1=1 exec vllm serve m --seed $A"],
      .vllmServe, ["m", "--seed", "1"], environment: ["A": "1", "B": "2 3", "VLLM_USE_V1": "1"]),
    Case(
      "quotes", image: "x",
      command: ["sh", "-c", #"vllm serve 'a b' --x "c \"d\" \n" --json '{"k": "v"}' --e\ f "" --p="$HOME/x""#],
      env: [.init("HOME", .value("/home/vllm"))],
      .vllmServe, ["a b", "--x", "c \"d\" \\n", "--json", "{\"k\": \"v\"}", "--e f", "", "--p=/home/vllm/x"],
      environment: ["HOME": "/home/vllm"]),
    Case(
      "python in a script", image: "x",
      command: ["sh", "-c", "# start\nset -e\npython3 -m vllm.entrypoints.openai.api_server --model m # now\n"],
      .vllmModule, ["--model", "m"]),
    Case(
      "redirected, piped", image: "x", command: ["sh", "-c", "vllm serve m --p 8 > /tmp/log 2>&1 --q | tee x"],
      .vllmServe, ["m", "--p", "8", "--q"]),
    Case("in the background", image: "x", command: ["sh", "-c", "(sleep 1; vllm serve m)& wait"], .vllmServe, ["m"]),
    Case(
      "conditional", image: "x", command: ["sh", "-c", "if [ -d /m ]; then vllm serve /m; else vllm serve n; fi"],
      .vllmServe, ["/m"]),
    Case("shell in a shell", image: "x", command: ["sh", "-c", "bash -c \"vllm serve 'a b'\""], .vllmServe, ["a b"]),
    Case(
      "parameters", image: "x", command: ["sh", "-c", "exec vllm serve \"$@\" $1", "--"], args: ["a b", "c"],
      .vllmServe, ["a b", "c", "a", "b"]),
    Case("no parameters", image: "x", command: ["sh", "-c", "vllm serve m \"$@\""], .vllmServe, ["m"]),
    Case(
      "variables", image: "x",
      command: ["sh", "-c", "vllm serve ${MODEL} $EXTRA --port=${PORT:-8000} $NONE \"$NONE\""],
      env: [.init("MODEL", .value("m")), .init("EXTRA", .value("--a  --b"))],
      .vllmServe, ["m", "--a", "--b", "--port=8000", ""], environment: ["MODEL": "m", "EXTRA": "--a  --b"]),
    Case(
      "substitution stays", image: "x", command: ["sh", "-c", "vllm serve m --host $(hostname -i) `id`x"], .vllmServe,
      ["m", "--host", "$(hostname -i)", "`id`x"]),
    Case("only named", image: "x", command: ["sh", "-c", "echo vllm serve m; command -v vllm && true"], nil),
    Case("no script", image: "x", command: ["bash", "vllm", "serve"], nil),
    Case("unfinished", image: "x", command: ["sh", "-c", "vllm serve \"m 'x \\"], .vllmServe, ["m 'x \\"]),
    Case("too deep", image: "x", command: ["sh", "-c", "sh -c 'sh -c \"sh -c sh\\ -c\\ x\"'"], nil),
  ]

  static let expansions: [Case] = [
    Case(
      "of variables in arguments", image: sim,
      args: ["--model", "$(MODEL)", "$(A)-$(B)", "$(NONE)", "$$(A)", "$A", "$("],
      env: [
        .init("A", .value("1")), .init("B", .value("$(A)2$(C)")), .init("C", .value("3")), .init("MODEL", .value("m")),
      ],
      .simulator, ["--model", "m", "1-12$(C)", "$(NONE)", "$(A)", "$A", "$("],
      environment: ["A": "1", "B": "12$(C)", "C": "3", "MODEL": "m"]),
    Case(
      "of the pod's fields", image: sim, args: ["--id=$(POD_NAME)", "$(KEY)"],
      env: [name, .init("KEY", .cluster("secretKeyRef"))],
      .simulator, ["--id=pod-0", "$(KEY)"], environment: ["POD_NAME": "pod-0"]),
    Case(
      "before the shell", image: "x", command: ["sh", "-c", "vllm serve $(MODEL) --id $POD_NAME"],
      env: [name, .init("MODEL", .value("m"))],
      .vllmServe, ["m", "--id", "pod-0"], environment: ["POD_NAME": "pod-0", "MODEL": "m"]),
  ]

  @Test("Command lines", arguments: direct + shells + expansions)
  func commands(test: Case) {
    let found = ContainerCommand(test.container) { $0 == "metadata.name" ? "pod-0" : nil }
    #expect(found?.server == test.server)
    #expect((found?.arguments ?? []) == test.arguments)
    #expect((found?.environment ?? [:]) == test.environment)
  }

  @Test("No script can crash it", arguments: 0..<8)
  func noise(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func draw(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let pieces = [
      "vllm serve", " ", "\"", "'", "\\", "$", "${", "}", "$(", ")", "(", "`", "#", "\n", "&&", "|", ">", "<", "2>&1",
      "A=",
      "exec ", "env ", "sh -c ", "$@", "$1", "timeout", "-", "--", "é", "uv run", "python -m ", "export ", "$$", "$((",
    ]
    for _ in 0..<500 {
      let script = (0..<draw(30)).map { _ in pieces[draw(pieces.count)] }.joined()
      for command in [
        ["sh", "-c", script, "x", "y"], ["sh", "-c", "vllm serve " + script],
        script.split(separator: " ").map(String.init),
      ] {
        let found = ContainerCommand(Container(name: "c", command: command, env: [.init("A", .value(script))]))
        if command.count == 3, command[2].hasPrefix("vllm serve ") { #expect(found != nil) }
      }
    }
  }
}
