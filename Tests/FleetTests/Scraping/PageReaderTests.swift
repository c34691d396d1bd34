import EndpointPicking
import Simulation
import Testing

@testable import Fleet

@Suite struct PageReaderTests {
  private static let pages: [(String, String, EndpointMetrics)] = [
    ("vllm", MetricsPages.vllm, PageReading.vllm),
    (
      "sglang", MetricsPages.sglang,
      PageReading.metrics(waiting: 3, running: 7, usage: 0.28, blockSize: 32, blocks: 14_336)
    ),
    (
      "trtllm-serve", MetricsPages.trtllmServe,
      PageReading.metrics(waiting: 1, running: 2, usage: 0.0625, blockSize: 64, blocks: 2_048)
    ),
    (
      "triton-tensorrt-llm", MetricsPages.tritonTensorRTLLM,
      PageReading.metrics(waiting: 4, running: 6, usage: 0.125, blockSize: 64, blocks: 6_240)
    ),
    ("triton", MetricsPages.triton, PageReading.metrics(waiting: 8, running: 40)),
  ]

  @Test(arguments: pages)
  func engines(engine: String, page: String, metrics: EndpointMetrics) throws {
    let mapping = try #require(MetricsMapping.all.first { $0.engine == engine })
    #expect(PageReading.read(page, PageReading.plan([mapping]))?.metrics == metrics)
    let detected = PageReading.read(page, PageReading.plan(MetricsMapping.all))
    #expect(detected?.engine == engine && detected?.metrics == metrics)
  }

  @Test(arguments: pages)
  func cutAnywhere(engine: String, page: String, metrics: EndpointMetrics) {
    let bytes = Array(page.utf8)
    let plan = PageReading.plan(MetricsMapping.all)
    for cut in bytes.indices {
      let found = PageReading.read([bytes[..<cut], bytes[cut...]], plan)
      #expect(found?.engine == engine && found?.metrics == metrics, "\(cut)")
    }
  }

  /// A page of the size that busy servers have, before and behind what is needed.
  @Test func aHugePage() {
    let filler = (0..<20_000).map { "vllm:request_time_bucket{le=\"\($0)\",model_name=\"m\"} \($0).0\n" }.joined()
    #expect(PageReading.read(filler + MetricsPages.vllm + filler)?.metrics == PageReading.vllm)
  }

  @Test func olderAndNewerNames() {
    let new = "vllm:kv_cache_usage_perc 0.75\n"
    let old = "vllm:gpu_cache_usage_perc 0.25\n"
    for (page, usage) in [(new, 0.75), (old, 0.25), (new + old, 0.75), (old + new, 0.75)] {
      #expect(PageReading.read(page)?.metrics.kvUsage == usage)
    }
  }

  private static let engines = """
    vllm:num_requests_waiting{engine="0"} 1
    vllm:num_requests_waiting{engine="1"} 2
    vllm:num_requests_running{engine="0"} 3 1000
    vllm:num_requests_running{engine="1"} 4 3000
    vllm:num_requests_running{engine="2"} 5 2000
    vllm:kv_cache_usage_perc{engine="0"} 0.5
    vllm:kv_cache_usage_perc{engine="1"} 0.75
    vllm:kv_cache_usage_perc{engine="2"} 0.25
    vllm:cache_config_info{block_size="16",num_gpu_blocks="100",engine="0"} 1
    vllm:cache_config_info{block_size="32",num_gpu_blocks="50",engine="1"} 1
    """

  @Test(arguments: [
    (SeriesCombination.newest, PageReading.metrics(waiting: 1, running: 4, usage: 0.5, blockSize: 16, blocks: 100)),
    (.total, PageReading.metrics(waiting: 3, running: 12, usage: 0.75, blockSize: 16, blocks: 150)),
  ])
  func severalSeries(combination: SeriesCombination, metrics: EndpointMetrics) {
    #expect(PageReading.read(Self.engines, PageReading.plan([.vllm], combination))?.metrics == metrics)
  }

  @Test func labelsOfASelector() throws {
    var mapping = MetricsMapping(engine: "own")
    mapping.waiting = [try MetricSelector(parsing: #"q{state=waiting, pool="a,b"}"#)]
    mapping.running = [try MetricSelector(parsing: "q{state=running}"), try MetricSelector(parsing: "r")]
    let page = """
      q{pool="x",state="waiting"} 1
      q{state="waiting",pool="a,b"} 2
      r 3
      q{state="running",pool="a,b"} 4
      """
    let found = PageReading.read(page, PageReading.plan([mapping]))
    #expect(found?.metrics == PageReading.metrics(waiting: 2, running: 4))
  }

  @Test(
    arguments: [
      (#"{max_lora="4",running_lora_adapters="a, b,,",waiting_lora_adapters="c"} 1.5"#, ["a", "b"], ["c"], 4),
      (#"{waiting_lora_adapters="",running_lora_adapters=""} 1"#, [], [], 0),
      (#"{running_lora_adapters="a\\b\"c",max_lora="none"} 1"#, [#"a\b"c"#], [], 0),
      (#"{running_lora_adapters="a",max_lora="-3"} 1"#, ["a"], [], 0),
      (#"{running_lora_adapters="a",max_lora="9999999999999999999999"} 1"#, ["a"], [], 1_000_000_000_000_000),
      (#"{running_lora_adapters="a} 1"#, [], [], 0),
      ("{} NaN", [], [], 0),
      (" 1", [], [], 0),
    ] as [(String, Set<String>, Set<String>, Int)])
  func adapters(line: String, active: Set<String>, queued: Set<String>, limit: Int) {
    let page = "vllm:lora_requests_info\(line)\nvllm:num_requests_waiting 1\n"
    #expect(
      PageReading.read(page)?.metrics == PageReading.metrics(waiting: 1, active: active, queued: queued, max: limit))
  }

  @Test func theNewestAdaptersCount() {
    func line(_ name: String, _ time: String) -> String {
      "vllm:lora_requests_info{running_lora_adapters=\"\(name)\"} \(time)\n"
    }
    let all = [line("a", "1.7e+09"), line("b", "1.8e+09"), line("c", "1.75e+09"), line("d", "1.8e+09")]
    let page = all.joined() + "vllm:num_requests_running 0\n"
    #expect(PageReading.read(page)?.metrics.activeAdapters == ["b"])
  }

  @Test(
    arguments: [
      ("NaN", nil), ("-1", 0), ("1e300", 1_000_000_000_000_000), ("+Inf", nil), ("2.9", 2), ("x", nil), ("", nil),
      ("0", 0),
    ] as [(String, Int?)])
  func strangeCounts(text: String, waiting: Int?) {
    #expect(PageReading.read("vllm:num_requests_waiting \(text)\n")?.metrics.waiting == waiting)
  }

  @Test(arguments: [("-0.5", 0.0), ("1.5", 1), ("1", 1), ("1e-3", 0.001)])
  func strangeShares(text: String, usage: Double) {
    #expect(PageReading.read("vllm:kv_cache_usage_perc \(text)\n")?.metrics.kvUsage == usage)
  }

  @Test(arguments: [
    "", "\n", "{}", "<html><body>Not here</body></html>", "vllm:cache_config_info{block_size=\"16\"} 1\n",
  ])
  func pagesWithoutALoad(page: String) {
    #expect(PageReading.read(page, PageReading.plan(MetricsMapping.all)) == nil)
  }

  @Test func whatAPageLacksIsNotKnownFromTheOneBefore() {
    let endpoint = ScrapedEndpoint(RemoteAddress(host: "h", port: 1))
    var reader = PageReader(PageReading.plan())
    for page in [MetricsPages.vllm, "vllm:num_requests_waiting 2\n"] {
      reader.begin()
      reader.read(Array(page.utf8).span)
      if let found = reader.end() { endpoint.publish(found.load, at: 7) }
    }
    #expect(endpoint.metrics(at: 8) == PageReading.metrics(waiting: 2))
    #expect(endpoint.revision == 2 && endpoint.polls == 2 && endpoint.failures == 0)
  }

  /// Whatever a page has been made into, it is read to its end without a trap.
  @Test func damagedPages() {
    var generator = SplitMix64(seed: 3)
    let plan = PageReading.plan(MetricsMapping.all, .total)
    let tokens = Array("\"\\{}=,\n 9e.-#\u{0}".utf8)
    var read = 0
    for page in Self.pages.map(\.1) {
      for _ in 0..<150 {
        var bytes = Array(page.utf8)
        for _ in 0..<Int.random(in: 1...40, using: &generator) {
          let place = Int.random(in: bytes.indices, using: &generator)
          switch Int.random(in: 0..<3, using: &generator) {
          case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
          case 1: bytes[place] = tokens.randomElement(using: &generator)!
          default: bytes.remove(at: place)
          }
        }
        let cut = Int.random(in: bytes.indices, using: &generator)
        if PageReading.read([bytes[..<cut], bytes[cut...]], plan) != nil { read += 1 }
      }
    }
    // Most still have something.
    #expect(read > 500)
  }
}
