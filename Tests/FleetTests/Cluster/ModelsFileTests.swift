import EndpointPicking
import Foundation
import Kubernetes
import Testing

@testable import Fleet

@Suite struct ModelsFileTests {
  private func read(_ text: String) -> ManifestFile { SourceText(text, file: "f").file }

  private func workloads(_ file: ManifestFile) -> [Workload] {
    file.objects.compactMap { if case .workload(let workload) = $0.resource { workload } else { nil } }
  }

  @Test func modelsBecomeDeploymentsOfOnePool() throws {
    let file = read(
      """
      {
        "models": [
          {"model": "facebook/opt-125m", "replicas": 2, "enable-lora": true, "max_num_seqs": 3,
           "lora-modules": [{"name": "l1", "path": "/l$1"}, "l2=/p"], "served-model-name": ["opt", "o"]},
          {"model": "Org/B.c_D", "enable-prefix-caching": false}
        ],
        "rewrites": [
          {"name": "r", "models": ["x", "y"], "targets": [{"model": "opt", "weight": 90}, {"model": "o", "weight": 10}]},
          {"name": "generic", "targets": [{"model": "opt"}]}
        ],
        "port": 1234, "host": null, "max-num-seqs": 16, "seed": -5, "compilation-config": {"mode": 3, "s": [1.5, null]}
      }
      """)
    #expect(file.errors.isEmpty && file.warnings.isEmpty)
    #expect(
      file.objects.map(\.title) == [
        "InferencePool default/models", "Deployment default/facebook-opt-125m", "Deployment default/org-b-c-d",
        "InferenceModelRewrite default/r", "InferenceModelRewrite default/generic",
      ])
    #expect(file.objects.map(\.position.line) == [2, 3, 5, 8, 9])
    let workloads = workloads(file)
    let common = ["--seed=-5", "--compilation-config", #"{"mode":3,"s":[1.5,null]}"#]
    #expect(
      workloads.map { $0.template.containers[0].args } == [
        common + [
          "--model", "facebook/opt-125m", "--enable-lora", "--max-num-seqs", "3", "--lora-modules",
          #"{"name":"l1","path":"/l$$1"}"#, "l2=/p", "--served-model-name", "opt", "o",
        ],
        ["--max-num-seqs", "16"] + common + ["--model", "Org/B.c_D", "--no-enable-prefix-caching"],
      ])
    #expect(workloads.map(\.replicas) == [2, 1])
    for workload in workloads {
      let labels = ["app": workload.metadata.name.name, "understudy.dev/pool": "models"]
      #expect(workload.template.labels == labels && workload.kind == .deployment)
      #expect(workload.template.containers[0].ports == [.init(8000)])
      // It runs this program, and the dollar sign reaches it.
      let command = try #require(ContainerCommand(workload.template.containers[0]))
      #expect(command.server == .simulator)
    }
    #expect(
      ContainerCommand(workloads[0].template.containers[0])?.arguments.contains(#"{"name":"l1","path":"/l$1"}"#) == true
    )
    guard case .inferencePool(let pool) = file.objects[0].resource,
      case .inferenceModelRewrite(let first) = file.objects[3].resource,
      case .inferenceModelRewrite(let second) = file.objects[4].resource
    else {
      Issue.record("other kinds than expected")
      return
    }
    #expect(pool.matchLabels == ["understudy.dev/pool": "models"] && pool.targetPorts == [8000])
    #expect(first.rules == [.init(models: ["x", "y"], targets: [.init("opt", weight: 90), .init("o", weight: 10)])])
    #expect(second.rules == [.init(models: [], targets: [.init("opt")])])
    #expect(first.pool == pool.id && second.pool == pool.id)
  }

  @Test func theRepositorysModels() throws {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    let text = try String(contentsOf: root.appending(path: "models.json"), encoding: .utf8)
    var store = ClusterStore()
    let report = store.update([SourceFile("models.json", text: text)], at: 1)
    #expect(report.errors.isEmpty && report.warnings.isEmpty)
    #expect(
      store.objects.map(\.title) == [
        "InferencePool default/models", "Deployment default/facebook-opt-125m",
        "Deployment default/facebook-opt-125m-canary", "InferenceModelRewrite default/opt-stable",
        "InferenceModelRewrite default/opt-canary",
      ])
    #expect(workloads(read(text)).map(\.replicas) == [2, 1])
    guard case .inferenceModelRewrite(let canary) = store.objects[4].resource else {
      Issue.record("no rewrite")
      return
    }
    #expect(
      canary.rules == [
        .init(
          models: ["opt"],
          targets: [.init("facebook/opt-125m", weight: 90), .init("facebook/opt-125m-canary", weight: 10)])
      ])
  }

  @Test func entriesWinOverWhatIsForAll() {
    let file = read(
      """
      no-enable-prefix-caching: true
      max-num-queued-reqs: 4
      num-gpu-blocks-override: 9
      mode: echo
      models:
      - model: a
        enable_prefix_caching: yes
        max-waiting-queue-length: 7
        mode: random
      - {model: b, kv-cache-size: 8}
      """)
    #expect(file.errors.isEmpty)
    #expect(
      workloads(file).map { $0.template.containers[0].args } == [
        [
          "--num-gpu-blocks-override", "9", "--model", "a", "--enable-prefix-caching", "--max-waiting-queue-length",
          "7",
          "--mode", "random",
        ],
        [
          "--no-enable-prefix-caching", "--max-num-queued-reqs", "4", "--mode", "echo", "--model", "b",
          "--kv-cache-size", "8",
        ],
      ])
  }

  static let names: [(model: String, name: String)] = [
    ("facebook/opt-125m", "facebook-opt-125m"), ("Qwen/Qwen3-32B", "qwen-qwen3-32b"), ("a//b..c__d", "a-b-c-d"),
    ("/models/x/", "models-x"), ("///", "model"), ("é", "model"), ("ÄB", "b"),
    (String(repeating: "a/", count: 60), String(repeating: "a-", count: 19) + "a"),
    (String(repeating: "a", count: 90), String(repeating: "a", count: 40)),
  ]

  @Test(arguments: names)
  func namesOfObjects(model: String, name: String) {
    #expect(DNSLabel.text(for: model) == name)
    #expect(DNSLabel.isSubdomain(name))
  }

  @Test func modelsOfOneNameInDNSGetNumbers() {
    let file = read("models: [{model: a/b}, {model: a-b}, {model: a.b}]")
    #expect(file.errors.isEmpty)
    #expect(workloads(file).map(\.metadata.name.name) == ["a-b", "a-b-2", "a-b-3"])
  }

  static let refused: [(text: String, error: String)] = [
    ("models: []", "f:1: models: expected a list of at least one model, got a list"),
    ("models: 5", "f:1: models: expected a list of at least one model, got an integer"),
    ("models:\n- a", "f:2: models[0]: expected a model's keys and values, got 'a'"),
    ("models:\n- max-num-seqs: 1", "f:2: models[0].model: missing in an entry of 'models'"),
    ("models:\n- model: ''", "f:2: models[0].model: missing in an entry of 'models'"),
    ("models:\n- model: a\n  replicas: 0", "f:3: models[0].replicas: must be 1 to 10000, got '0'"),
    ("models:\n- model: a\n  replicas: x", "f:3: models[0].replicas: must be 1 to 10000, got 'x'"),
    ("models:\n- model: a\n  replicas: [1]", "f:3: models[0].replicas: must be 1 to 10000, got a list"),
    (
      "models:\n- model: a\n  port: 1",
      "f:3: models[0].port: about the whole server; belongs beside 'models', not in an entry"
    ),
    ("models:\n- model: a\n  config: x", "f:3: models[0].config: only a flag of the command line"),
    ("models:\n- model: a\n  a-b: 1\n  a_b: 2", "f:4: models[0].a_b: given twice"),
    ("models:\n- model: a\n- model: a", "f:3: models[1]: 'a' is already a name of model 'a'"),
    (
      "models:\n- model: a\n- model: b\n  served-model-name: [c, a]",
      "f:3: models[1]: 'a' is already a name of model 'a'"
    ),
    ("model: a\nmodels: [{model: b}]", "f:1: model: cannot stand beside 'models'"),
    ("replicas: 2\nmodels: [{model: b}]", "f:1: replicas: belongs in an entry of 'models'"),
    ("models: [{model: b}]\n---\na: 1", "f:3: a second document in a list of models"),
    ("models: [{model: b}]\nrewrites: x", "f:2: rewrites: expected a list, got 'x'"),
    ("models: [{model: b}]\nrewrites: [x]", "f:2: rewrites[0]: expected a mapping, got 'x'"),
    ("models: [{model: b}]\nrewrites:\n- targets: [{model: b}]", "f:3: rewrites[0].name: required"),
    (
      "models: [{model: b}]\nrewrites:\n- name: A/b",
      "f:3: rewrites[0].name: 'A/b' is not a name of small letters, digits, '-' and '.'"
    ),
    ("models: [{model: b}]\nrewrites:\n- name: r", "f:3: rewrites[0].targets: at least one target is required"),
    (
      "models: [{model: b}]\nrewrites:\n- {name: r, targets: []}",
      "f:3: rewrites[0].targets: at least one target is required"
    ),
    ("models: [{model: b}]\nrewrites:\n- {name: r, targets: [{}]}", "f:3: rewrites[0].targets[0].model: required"),
    (
      "models: [{model: b}]\nrewrites:\n- name: r\n  targets:\n  - model: b\n    weight: 0",
      "f:6: rewrites[0].targets[0].weight: must be 1 to 1000000, got 0"
    ),
    (
      "models: [{model: b}]\nrewrites:\n- name: r\n  targets:\n  - model: b\n    weight: -4",
      "f:6: rewrites[0].targets[0].weight: must be 1 to 1000000, got -4"
    ),
    (
      "models: [{model: b}]\nrewrites:\n- name: r\n  targets:\n  - model: b\n    weight: much",
      "f:6: rewrites[0].targets[0].weight: expected an integer, got 'much'"
    ),
    (
      "models: [{model: b}]\nrewrites:\n- name: r\n  model: x\n  targets: [{model: b}]",
      "f:4: rewrites[0].model: unknown key; known are models, name, targets"
    ),
    (
      "models: [{model: b}]\nrewrites:\n- {name: r, targets: [{model: b}]}\n- {name: r, targets: [{model: b}]}",
      "f:4: rewrites[1].name: 'r' is also at line 3"
    ),
    (
      "models: [{model: b}]\nrewrites:\n- {name: r, models: [[]], targets: [{model: b}]}",
      "f:3: rewrites[0].models[0]: expected a string, got a list"
    ),
  ]

  @Test(arguments: refused)
  func refuses(text: String, error: String) { #expect(read(text).errors.map(\.description) == [error]) }

  @Test func everyEntryIsChecked() {
    let file = read(
      "models: [{model: a, replicas: 0}, {}, {model: b}]\nrewrites: [{name: r}, {name: s, targets: [{model: b}]}]")
    #expect(file.errors.count == 3)
  }

  @Test func damagedFilesNeitherCrashNorCount() {
    let text = Array(
      """
      {"models": [{"model": "a/b", "replicas": 2, "x": [{"n": 1}, "w"], "no-y": true}], "rewrites":
       [{"name": "r", "models": ["m"], "targets": [{"model": "a/b", "weight": 9}]}], "seed": -5, "mode": null}
      """.utf8)
    let pieces = "{}[],:\"-0 \n&*#a".utf8.map { $0 }
    var state: UInt64 = 7
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var valid = 0
    for _ in 0..<2000 {
      var damaged = text
      for _ in 0...random(4) { damaged[random(damaged.count)] = pieces[random(pieces.count)] }
      let file = read(String(decoding: damaged, as: UTF8.self))
      if file.errors.isEmpty { valid += 1 }
      let lines = damaged.count { $0 == UInt8(ascii: "\n") } + 1
      for error in file.errors {
        #expect(error.line >= 1 && error.line <= lines && !error.reason.isEmpty, "\(error)")
      }
    }
    #expect(valid > 0 && valid < 2000)
  }
}
