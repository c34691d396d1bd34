import Testing

@testable import EndpointPicking

/// What `dataLayer` and its plugins say of reading metrics.
@Suite struct MetricsReadingTests {
  private static func reading(_ fields: KeyValuePairs<String, ConfigurationNode>) throws -> MetricsReading? {
    try ConfigurationTests.decode(fields).metrics
  }

  private static let source: ConfigurationNode = [
    "type": "metrics-data-source", "name": "pages",
    "parameters": [
      "scheme": "https", "path": "/m", "port": 9400, "insecureSkipVerify": false, "interval": "1s",
    ],
  ]
  private static let extractor: ConfigurationNode = [
    "type": "core-metrics-extractor", "name": "engines",
    "parameters": [
      "engineLabelKey": "team/engine", "defaultEngine": "mine",
      "engineConfigs": [
        [
          "name": "mine", "queuedRequestsSpec": "w", "runningRequestsSpec": "r{type=\"x\"}", "kvUsageSpec": "",
          "cacheInfoSpec": "c", "cacheBlockSizeLabelName": "size", "cacheNumBlocksSpec": "n",
          "customMetrics": [["attributeKey": "a", "metricSpec": "b"]],
        ],
        ["name": "trtllm-serve", "queuedRequestsSpec": "t"],
      ],
    ],
  ]

  @Test func everyParameter() throws {
    let reading = try #require(
      try Self.reading([
        "plugins": [Self.source, Self.extractor],
        "dataLayer": ["sources": [["pluginRef": "pages", "extractors": [["pluginRef": "engines"]]]]],
      ]))
    #expect(reading.isSecure == true && reading.path == "/m" && reading.port == 9400)
    #expect(reading.acceptsAnyCertificate == false && reading.interval == 1_000_000_000)
    #expect(reading.engineLabel == "team/engine" && reading.defaultEngine == "mine")
    var mine = MetricsMapping(engine: "mine")
    mine.waiting = [MetricSelector(name: "w")]
    mine.running = [MetricSelector(name: "r", labels: [.init(name: "type", value: "x")])]
    mine.cacheInfo = [MetricSelector(name: "c")]
    mine.blockSizeLabel = "size"
    mine.blocks = [MetricSelector(name: "n")]
    #expect(reading.engines.first == mine)
    // Its page stays where this engine has it.
    #expect(reading.engines.last?.path == "/prometheus/metrics")
  }

  /// Listed plugins of the default names are used without a layer; empty texts are as none.
  @Test func withoutALayer() throws {
    let reading = try Self.reading([
      "plugins": [
        ["type": "metrics-data-source", "parameters": ["path": "/m", "interval": ""]],
        ["type": "core-metrics-extractor", "parameters": ["engineLabelKey": "", "defaultEngine": "sglang"]],
      ]
    ])
    #expect(reading?.path == "/m" && reading?.interval == nil && reading?.engineLabel == nil)
    #expect(reading?.defaultEngine == "sglang")
  }

  private static let gie: ConfigurationNode = "inference.networking.x-k8s.io/v1alpha1"
  private static let llmd: ConfigurationNode = "llm-d.ai/v1alpha1"
  private static let events: ConfigurationNode = ["sources": [["pluginRef": "k8s-notification-source"]]]

  @Test(
    arguments: [
      (gie, [:], false), (llmd, [:], true), (llmd, nil, true), (llmd, ["sources": []], true),
      (gie, events, false), (llmd, events, true), (llmd, ["injectDefaults": false], false),
      (gie, ["injectDefaults": true], true),
      (gie, ["discovery": ["pluginRef": "file-discovery"]], true),
      (llmd, ["sources": [["pluginRef": "metrics-data-source"]]], false),
      (
        llmd,
        [
          "injectDefaults": false,
          "sources": [["pluginRef": "metrics-data-source", "extractors": [["pluginRef": "core-metrics-extractor"]]]],
        ], true
      ),
    ] as [(ConfigurationNode, ConfigurationNode, Bool)])
  func layersThatReadNothing(apiVersion: ConfigurationNode, layer: ConfigurationNode, isRead: Bool) throws {
    let reading = try Self.reading([
      "apiVersion": apiVersion,
      "plugins": [
        ["type": "k8s-notification-source"], ["type": "file-discovery", "parameters": ["path": "x"]],
        ["type": "metrics-data-source"], ["type": "core-metrics-extractor"],
      ],
      "dataLayer": layer,
    ])
    #expect((reading != nil) == isRead)
  }

  @Test(
    arguments: [
      (["scheme": "ftp"], "scheme", "neither http nor https"), (["path": "m"], "path", "is not a URL's path"),
      (["path": "/a b"], "path", "is not a URL's path"), (["port": 0], "port", "from 1 to 65535"),
      (["port": 65_536], "port", "from 1 to 65535"), (["interval": "soon"], "interval", "is not a duration"),
      (["insecureSkipVerify": "no"], "insecureSkipVerify", "neither true nor false"),
      (["caCertPath": "x"], "caCertPath", "unknown field"),
    ] as [(ConfigurationNode, String, String)])
  func refusesOfTheSource(parameters: ConfigurationNode, field: String, reason: String) {
    Self.refuses(["type": "metrics-data-source", "parameters": parameters], field, reason)
  }

  @Test(
    arguments: [
      (["defaultEngine": "mine"], "defaultEngine", "is neither a known engine"),
      (["engineConfigs": [["queuedRequestsSpec": "w"]]], "engineConfigs[0].name", "is required"),
      (["engineConfigs": [["name": "default"]]], "engineConfigs[0].name", "is reserved"),
      (["engineConfigs": [["name": "a"], ["name": "a"]]], "engineConfigs[1].name", "is the name of two engines"),
      (
        ["engineConfigs": [["name": "a", "kvUsageSpec": "9"]]], "engineConfigs[0].kvUsageSpec", "not a metric selector"
      ),
      (["engineConfigs": [["name": "a", "spec": "9"]]], "engineConfigs[0].spec", "unknown field"),
      (["engineConfigs": "a"], "engineConfigs", "is not a list"),
    ] as [(ConfigurationNode, String, String)])
  func refusesOfTheExtractor(parameters: ConfigurationNode, field: String, reason: String) {
    Self.refuses(["type": "core-metrics-extractor", "parameters": parameters], field, reason)
  }

  private static func refuses(_ plugin: ConfigurationNode, _ field: String, _ reason: String) {
    let error = ConfigurationTests.error(["plugins": [plugin]])
    #expect(error?.path == "plugins[0].parameters.\(field)")
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "accepted")")
  }

  @Test func twoSourcesOfMetrics() {
    let error = ConfigurationTests.error([
      "plugins": [Self.source, ["type": "metrics-data-source"], ["type": "core-metrics-extractor"]],
      "dataLayer": [
        "sources": [
          ["pluginRef": "pages", "extractors": [["pluginRef": "core-metrics-extractor"]]],
          ["pluginRef": "metrics-data-source"],
        ]
      ],
    ])
    #expect(error?.path == "dataLayer.sources[1].pluginRef" && error?.reason == "is a second source of metrics")
  }
}
