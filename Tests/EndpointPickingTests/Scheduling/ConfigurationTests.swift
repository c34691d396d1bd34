import Testing

@testable import EndpointPicking

@Suite struct ConfigurationTests {
  static let api = "inference.networking.x-k8s.io/v1alpha1"

  static func decode(_ fields: KeyValuePairs<String, ConfigurationNode>) throws(ConfigurationError)
    -> SchedulerConfiguration
  {
    var all: [ConfigurationNode.Field] = fields.map { .init(key: $0.key, value: $0.value) }
    if !all.contains(where: { $0.key == "apiVersion" }) {
      all.append(.init(key: "apiVersion", value: .init(.string(api))))
    }
    if !all.contains(where: { $0.key == "kind" }) { all.append(.init(key: "kind", value: "EndpointPickerConfig")) }
    return try SchedulerConfiguration(.init(.object(all)))
  }

  static func error(_ fields: KeyValuePairs<String, ConfigurationNode>) -> ConfigurationError? {
    do throws(ConfigurationError) {
      _ = try decode(fields)
      return nil
    } catch { return error }
  }

  @Test func theDefaultIsTheDocumentedOne() throws {
    let decoded = try Self.decode([
      "plugins": [
        ["type": "queue-scorer"], ["type": "kv-cache-utilization-scorer"], ["type": "prefix-cache-scorer"],
        ["type": "metrics-data-source"], ["type": "core-metrics-extractor"],
      ],
      "schedulingProfiles": [
        [
          "name": "default",
          "plugins": [
            ["pluginRef": "queue-scorer", "weight": 2], ["pluginRef": "kv-cache-utilization-scorer", "weight": 2],
            ["pluginRef": "prefix-cache-scorer", "weight": 3],
          ],
        ]
      ],
      "dataLayer": [
        "sources": [["pluginRef": "metrics-data-source", "extractors": [["pluginRef": "core-metrics-extractor"]]]]
      ],
    ])
    let standard = SchedulerConfiguration()
    for one in [decoded, standard] {
      #expect(one.profileNames == ["default"])
      #expect(one.profiles[0].scorers.map(\.name) == standard.profiles[0].scorers.map(\.name))
      #expect(one.profiles[0].scorers.map(\.weight) == [2, 2, 3])
      #expect(one.prefixCache == PrefixCacheSettings())
      #expect(one.metrics == MetricsReading() && one.parsers.isEmpty)
      #expect(one.handler is SingleProfileHandler && one.profiles[0].picker is MaxScorePicker)
    }
  }

  @Test func fillsIn() throws {
    let filled = try Self.decode([
      "apiVersion": "llm-d.ai/v1alpha1",
      "plugins": [
        ["type": "decode-filter"], ["type": "queue-scorer", "name": "q"], ["type": "random-picker"],
        ["type": "no-hit-lru-scorer", "parameters": nil],
      ],
    ])
    let profile = filled.profiles[0]
    #expect(profile.name == "default" && profile.filters.map(\.name) == ["decode-filter"])
    #expect(profile.scorers.map(\.name) == ["q", "no-hit-lru-scorer"] && profile.scorers.map(\.weight) == [1, 1])
    #expect(profile.picker is RandomPicker && filled.prefixCache != nil && filled.coldUseLimit == 1_024)
    #expect(
      filled.saturation == SaturationSettings() && filled.metrics == MetricsReading() && !filled.flowControl.isEnabled)
    let bare = try Self.decode(["dataLayer": nil])
    #expect(bare.prefixCache == nil && bare.metrics == nil && bare.profiles[0].scorers.isEmpty)
    let named = try Self.decode([
      "plugins": [["type": "weighted-random-picker"], ["type": "queue-scorer"]],
      "schedulingProfiles": [["name": "x", "plugins": [["pluginRef": "queue-scorer"]]]],
    ])
    #expect(named.profiles[0].picker is WeightedRandomPicker && named.profiles[0].scorers[0].weight == 1)
  }

  @Test func settings() throws {
    let decoded = try Self.decode([
      "featureGates": ["flowControl", "dataLayer"],
      "plugins": [
        ["type": "approx-prefix-cache-producer", "parameters": ["autoTune": false, "blockSizeTokens": 32]],
        ["type": "prefix-cache-scorer"], ["type": "round-robin-fairness-policy", "name": "rr"],
        ["type": "static-usage-limit-policy", "parameters": ["threshold": 0.5]],
        ["type": "concurrency-detector", "name": "c", "parameters": ["concurrencyMode": "tokens"]],
        ["type": "passthrough-parser"],
      ],
      "saturationDetector": ["pluginRef": "c"], "parser": ["pluginRef": "passthrough-parser"],
      "flowControl": [
        "maxBytes": "1Gi", "defaultRequestTTL": "1m30s", "usageLimitPolicyPluginRef": "static-usage-limit-policy",
        "defaultPriorityBand": ["maxRequests": 7, "orderingPolicyRef": "edf-ordering-policy"],
        "priorityBands": [["priority": -1, "maxBytes": 5, "fairnessPolicyRef": "rr"]],
      ],
    ])
    #expect(decoded.prefixCache?.blockSizeTokens == 32 && decoded.prefixCache?.autoTune == false)
    #expect(decoded.parsers == ["passthrough-parser"] && decoded.saturation.name == "c")
    // A detector is no filter of the default profile.
    #expect(decoded.profiles[0].filters.isEmpty)
    let flow = decoded.flowControl
    #expect(flow.isEnabled && flow.maxBytes == 1 << 30 && flow.requestTTL == 90_000_000_000 && flow.usageLimit == 0.5)
    #expect(flow.defaultBand.maxRequests == 7 && flow.defaultBand.ordering == .earliestDeadlineFirst)
    #expect(flow.bands.count == 1 && flow.bands[0].fairness == .roundRobin && flow.bands[0].maxBytes == 5)
    #expect(flow.bands[0].priority == -1 && flow.bands[0].ordering == .earliestDeadlineFirst)
  }

  static let scorer: ConfigurationNode = ["type": "queue-scorer"]
  static let failures: [(KeyValuePairs<String, ConfigurationNode>, String, String)] = [
    (["apiVersion": "v1"], "apiVersion", "is neither"),
    (["kind": "Pod"], "kind", "is not EndpointPickerConfig"),
    (["pluginz": []], "pluginz", "unknown field"),
    (["plugins": "x"], "plugins", "is not a list"),
    (["featureGates": ["flowControl", "x"]], "featureGates[1]", "unknown feature gate"),
    (["plugins": [["name": "x"]]], "plugins[0].type", "is required"),
    (["plugins": [["type": "x"]]], "plugins[0].type", "unknown plugin type"),
    (["plugins": [["type": "queue-scorer", "weight": 1]]], "plugins[0].weight", "unknown field"),
    (["plugins": [scorer, scorer]], "plugins[1].type", "two plugins"),
    (["plugins": [["type": "queue-scorer", "parameters": ["a": 1]]]], "plugins[0].parameters.a", "unknown field"),
    (["plugins": [["type": "queue-scorer", "parameters": 3]]], "plugins[0].parameters", "is not an object"),
    (
      ["plugins": [["type": "load-aware-scorer", "parameters": ["threshold": "x"]]]],
      "plugins[0].parameters.threshold", "is not a whole number"
    ),
    (
      ["plugins": [["type": "load-aware-scorer", "parameters": ["threshold": 0]]]],
      "plugins[0].parameters.threshold", "must be at least 1"
    ),
    (["plugins": [["type": "latency-scorer"]]], "plugins[0].type", "needs a latency predictor, which is not available"),
    (["plugins": [["type": "precise-prefix-cache-scorer"]]], "plugins[0].type", "KV events, which is not available"),
    (["plugins": [["type": "max-score-picker"], ["type": "random-picker"]]], "plugins", "two pickers"),
    (
      ["plugins": [["type": "single-profile-handler"], ["type": "header-profile-handler"]]], "plugins",
      "two profile handlers"
    ),
    (["schedulingProfiles": [["plugins": []]]], "schedulingProfiles[0].name", "is required"),
    (["schedulingProfiles": [["name": "a"], ["name": "a"]]], "schedulingProfiles[1].name", "two profiles"),
    (["schedulingProfiles": [["name": "a"], ["name": "b"]]], "schedulingProfiles", "needs a profile handler"),
    (
      ["plugins": [["type": "single-profile-handler"]], "schedulingProfiles": [["name": "a"], ["name": "b"]]],
      "schedulingProfiles", "needs a profile handler"
    ),
    (
      ["schedulingProfiles": [["name": "a", "plugins": [[:]]]]], "schedulingProfiles[0].plugins[0].pluginRef",
      "is required"
    ),
    (
      ["schedulingProfiles": [["name": "a", "plugins": [["pluginRef": "q"]]]]],
      "schedulingProfiles[0].plugins[0].pluginRef", "is not the name of a plugin"
    ),
    (
      [
        "plugins": [["type": "random-picker"], ["type": "max-score-picker"]],
        "schedulingProfiles": [
          ["name": "a", "plugins": [["pluginRef": "random-picker"], ["pluginRef": "max-score-picker"]]]
        ],
      ], "schedulingProfiles[0].plugins[1].pluginRef", "second picker"
    ),
    (
      [
        "plugins": [["type": "decode-filter"]],
        "schedulingProfiles": [["name": "a", "plugins": [["pluginRef": "decode-filter", "weight": 2]]]],
      ], "schedulingProfiles[0].plugins[0].weight", "only for scorers"
    ),
    (["saturationDetector": ["pluginRef": "x"]], "saturationDetector.pluginRef", "is not the name of a plugin"),
    (
      ["plugins": [scorer], "saturationDetector": ["pluginRef": "queue-scorer"]], "saturationDetector.pluginRef",
      "is not a saturation detector"
    ),
    (
      ["plugins": [scorer], "dataLayer": ["sources": [["pluginRef": "queue-scorer"]]]],
      "dataLayer.sources[0].pluginRef", "is not a data source"
    ),
    (
      [
        "plugins": [["type": "metrics-data-source"]],
        "dataLayer": ["sources": [["pluginRef": "metrics-data-source", "extractors": [["pluginRef": "x"]]]]],
      ], "dataLayer.sources[0].extractors[0].pluginRef", "is not the name of a plugin"
    ),
    (["parser": ["pluginRef": "x"]], "parser.pluginRef", "is not the name of a plugin"),
    (
      [
        "plugins": [["type": "fcfs-ordering-policy"]],
        "flowControl": ["defaultPriorityBand": ["fairnessPolicyRef": "fcfs-ordering-policy"]],
      ],
      "flowControl.defaultPriorityBand.fairnessPolicyRef", "is not a fairness policy"
    ),
    (["flowControl": ["defaultRequestTTL": "soon"]], "flowControl.defaultRequestTTL", "is not a duration"),
    (["flowControl": ["priorityBands": [[:]]]], "flowControl.priorityBands[0].priority", "is required"),
    (
      ["plugins": [["type": "disagg-profile-handler"]], "schedulingProfiles": [["name": "a"]]], "schedulingProfiles",
      "lack profile 'decode'"
    ),
  ]

  @Test(arguments: failures.indices)
  func refuses(index: Int) throws {
    let (fields, path, reason) = Self.failures[index]
    let error = try #require(Self.error(fields))
    #expect(error.path == path)
    #expect(error.reason.contains(reason), "\(error)")
  }

  @Test func errorsSayWhere() throws {
    let node = ConfigurationNode(
      .object([
        .init(key: "apiVersion", value: .init(.string(Self.api))),
        .init(key: "kind", value: "EndpointPickerConfig"),
        .init(
          key: "plugins",
          value: .init(.array([.init(.object([.init(key: "type", value: .init(.string("x"), line: 4))]), line: 4)]))),
      ]))
    let error = #expect(throws: ConfigurationError.self) { try SchedulerConfiguration(node) }
    #expect(error?.description == "line 4: plugins[0].type 'x' is an unknown plugin type")
    let twice = ConfigurationNode(
      .object([.init(key: "kind", value: "a", line: 1), .init(key: "kind", value: "b", line: 2)]))
    #expect(throws: ConfigurationError(path: "kind", value: nil, line: 2, reason: "is there twice")) {
      try SchedulerConfiguration(twice)
    }
  }

  @Test(
    arguments: [
      ("200ms", 200_000_000), ("1m30s", 90_000_000_000), ("1.5h", 5_400_000_000_000), ("0", 0), ("10", nil), ("", nil),
      ("s", nil), ("1d", nil), ("99999999h", nil),
    ] as [(String, Int64?)])
  func durations(text: String, expected: Int64?) { #expect(GoDuration.nanoseconds(text) == expected) }

  @Test(
    arguments: [
      ("10", 10), ("10Gi", 10_737_418_240), ("500M", 500_000_000), ("1e9", 1_000_000_000), ("x", nil), ("-1", nil),
      ("1e30", nil), ("nan", nil),
    ] as [(String, Int?)])
  func quantities(text: String, expected: Int?) { #expect(Quantity.value(text) == expected) }

  @Test(arguments: ["", "a", "ab", "abc", "default/pod-1", "ü"])
  func base64(text: String) {
    #expect(Base64.decode(Base64.encode(Array(text.utf8))) == Array(text.utf8))
    #expect(Base64.encode(Array("ab".utf8)) == "YWI=" && Base64.decode("YWI") == nil && Base64.decode("=AAA") == nil)
  }
}
