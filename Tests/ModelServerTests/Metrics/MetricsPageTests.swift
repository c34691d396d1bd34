import Prometheus
import Simulation
import Testing

@testable import ModelServer

/// What the text format asks of a page as a whole.
@Suite struct MetricsPageTests {
  /// Three models with traffic, HTTP and process series.
  static func busy() -> MetricsFixture {
    var fixture = MetricsFixture(
      models: ["facebook/opt-125m", "quote\"back\\slash", "日本"], maxLoras: 2,
      handlers: HTTPHandlers(["/v1/completions", "/v1/chat/completions", "/metrics"]))
    for index in fixture.samples.indices {
      fixture.samples[index].metrics.firstToken(after: .milliseconds(30), promptTokens: 12)
      fixture.samples[index].metrics.tokens(index + 1, gap: .microseconds(20_500))
      fixture.samples[index].metrics.endIteration()
      fixture.samples[index].load.running = index
      fixture.samples[index].load.runningAdapters = ["adapter-\(index)"]
    }
    for handler in [0, 1, nil] {
      fixture.http.observe(
        handler: handler, method: .post, status: 200, duration: .milliseconds(120), requestBytes: 10,
        responseBytes: 100)
    }
    var sampler = ProcessSampler()
    fixture.process = sampler.sample(at: Instant(nanoseconds: 0))
    return fixture
  }

  @Test func everyLineParses() {
    let result = ExpositionParser().parse(Self.busy().page()) { _ in }
    #expect(result.malformed == 0)
    #expect(result.samples > 1000)
  }

  @Test func noSeriesAppearsTwice() {
    let series = Self.busy().scrape().map { "\($0.name) \($0.labels)" }
    #expect(Set(series).count == series.count)
  }

  @Test func modelsAreToldApart() {
    let scrape = Self.busy().scrape()
    for (index, model) in ["facebook/opt-125m", "quote\"back\\slash", "日本"].enumerated() {
      #expect(scrape.value("vllm:num_requests_running", ["model_name": model]) == Double(index))
      #expect(scrape.value("vllm:generation_tokens_total", ["model_name": model]) == Double(index + 2))
      #expect(scrape.value("vllm:cache_config_info", ["model_name": model]) == 1)
    }
  }

  @Test func familiesHaveOneHeaderAndAllTheirSeriesBelowIt() {
    let text = String(decoding: Self.busy().page(), as: UTF8.self)
    var seen: Set<Substring> = []
    var family: Substring = ""
    var lastHelp: Substring = ""
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if line.hasPrefix("# HELP ") {
        lastHelp = words[2]
        #expect(words.count > 3, "\(line)")
      } else if line.hasPrefix("# TYPE ") {
        family = words[2]
        #expect(family == lastHelp)
        #expect(seen.insert(family).inserted, "\(family) begins twice")
      } else {
        let name = line.prefix { $0 != "{" && $0 != " " }
        let suffixes = ["", "_bucket", "_sum", "_count"]
        #expect(suffixes.contains { name == family + $0 }, "\(name) stands below \(family)")
      }
    }
    #expect(seen.count > 45)
  }

  @Test func endsWithALineFeedAndIsUTF8() {
    let page = Self.busy().page()
    #expect(page.last == 0x0A)
    #expect(String(validating: page, as: UTF8.self) != nil)
  }

  @Test func configuredModelsBecomeDescriptors() {
    var model = ModelConfiguration(model: "path/to/model", servedNames: ["shown", "alias"])
    model.engine.maxModelLen = 2048
    model.engine.numKVBlocks = 300
    #expect(EngineDescriptor(model).modelName == "shown")
    #expect(EngineDescriptor(model).maxLoras == nil)
    model.loraEnabled = true
    model.engine.maxLoras = 3
    let descriptor = EngineDescriptor(model)
    #expect(descriptor.maxLoras == 3)
    #expect(descriptor.maxModelLen == 2048)
    #expect(descriptor.cache == CacheSettings(blockSize: 16, blocks: 300, blocksOverride: 300))
  }
}
