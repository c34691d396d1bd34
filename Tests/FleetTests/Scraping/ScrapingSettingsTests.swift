import EndpointPicking
import Testing

@testable import Fleet

@Suite struct ScrapingSettingsTests {
  @Test(
    arguments: [
      ([:], nil), (["llm-d.ai/engine-type": "sglang"], "sglang"),
      (["inference.networking.k8s.io/engine-type": "triton"], "triton"),
      (["llm-d.ai/engine-type": "vllm", "inference.networking.k8s.io/engine-type": "triton"], "vllm"),
      (["llm-d.ai/engine-type": "", "inference.networking.k8s.io/engine-type": "triton"], "triton"),
    ] as [([String: String], String?)])
  func enginesOfLabels(labels: [String: String], engine: String?) {
    #expect(ScrapingSettings().engine(in: labels) == engine)
  }

  @Test func aLabelOfOnesOwnGoesFirst() {
    var settings = ScrapingSettings()
    var reading = MetricsReading()
    reading.engineLabel = "team/engine"
    settings.take(reading)
    #expect(settings.engine(in: ["team/engine": "mine", "llm-d.ai/engine-type": "vllm"]) == "mine")
    #expect(settings.engine(in: ["llm-d.ai/engine-type": "vllm"]) == "vllm")
  }

  @Test func whatIsNotSaidStays() {
    var settings = ScrapingSettings()
    settings.path = "/flag"
    settings.port = 9
    settings.mappings = [.sglang]
    settings.take(MetricsReading())
    #expect(settings.isOn && settings.path == "/flag" && settings.port == 9 && settings.mappings == [.sglang])
    #expect(!settings.isSecure && settings.acceptsAnyCertificate && settings.interval == 50_000_000)
  }

  @Test func parametersGoBeforeFlags() {
    var settings = ScrapingSettings()
    settings.path = "/flag"
    var reading = MetricsReading()
    reading.isSecure = true
    reading.path = "/parameter"
    reading.port = 9_400
    reading.acceptsAnyCertificate = false
    reading.defaultEngine = "mine"
    var mine = MetricsMapping(engine: "mine")
    mine.waiting = [MetricSelector(name: "w")]
    var vllm = MetricsMapping(engine: "vllm")
    vllm.waiting = [MetricSelector(name: "v")]
    reading.engines = [mine, vllm]
    settings.take(reading)
    #expect(settings.isSecure && settings.path == "/parameter" && settings.port == 9_400)
    #expect(!settings.acceptsAnyCertificate && settings.defaultEngine == "mine")
    #expect(
      settings.mappings.map(\.engine) == ["mine", "vllm", "sglang", "trtllm-serve", "triton-tensorrt-llm", "triton"])
    #expect(settings.mappings[1] == vllm)
  }

  @Test(
    arguments: [
      (50, 1, 50), (50, 50, 50), (50, 74, 50), (50, 75, 100), (50, 1_000, 1_000), (50, 10_020, 10_000),
      (5_000, 100, 100), (5_000, 1, 50), (5_000, 7_499, 5_000), (20, 1, 20), (20, 95, 100),
      (50, 9_223_372_036_854, 3_600_000),
    ] as [(Int64, Int64, Int64)])
  func intervalsAreWhole(flag: Int64, wanted: Int64, expected: Int64) {
    var settings = ScrapingSettings()
    settings.interval = flag * 1_000_000
    var reading = MetricsReading()
    reading.interval = wanted * 1_000_000
    settings.take(reading)
    #expect(settings.interval == expected * 1_000_000)
  }

  /// The engine of a parameter is known, whatever engine flags are about.
  @Test func anEngineBesideAFlag() {
    var settings = ScrapingSettings()
    settings.mappings = [.vllm]
    var reading = MetricsReading()
    reading.defaultEngine = "sglang"
    settings.take(reading)
    #expect(settings.mappings == MetricsMapping.all)
  }

  @Test func nothingIsRead() {
    var settings = ScrapingSettings()
    settings.take(nil)
    #expect(!settings.isOn)
  }
}
