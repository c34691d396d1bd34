import Prometheus
import Testing

@testable import ModelServer

@Suite struct MetricsLoRATests {
  private let name = "vllm:lora_requests_info"

  @Test func isAbsentWithoutLoRA() {
    #expect(!MetricsFixture().scrape().contains { $0.name == name })
  }

  @Test func idleEngineHasOneSeriesWithEmptyLists() throws {
    let series = MetricsFixture(maxLoras: 2).scrape().filter { $0.name == name }
    #expect(
      series == [
        ParsedSample(
          name: name,
          labels: [
            Label(name: "max_lora", value: "2"), Label(name: "running_lora_adapters", value: ""),
            Label(name: "waiting_lora_adapters", value: ""),
          ], value: 1_733_000_000.25)
      ])
  }

  @Test func everyScrapeHasOnlyTheCurrentStateAndAGreaterValue() {
    var fixture = MetricsFixture(maxLoras: 1)
    var values: [Double] = []
    var running: [String?] = []
    for (step, adapters) in [["a"], ["b", "a"], []].enumerated() {
      fixture.samples[0].load.runningAdapters = adapters
      fixture.samples[0].load.waitingAdapters = ["w"]
      fixture.unixTime += 0.001 * Double(step)
      let series = fixture.scrape().filter { $0.name == name }
      #expect(series.count == 1)
      values += series.map(\.value)
      running += series.map { $0[label: "running_lora_adapters"] }
      #expect(series.first?[label: "waiting_lora_adapters"] == "w")
    }
    #expect(running == ["a", "a,b", ""])
    #expect(values == values.sorted() && Set(values).count == 2 + 1)
  }

  @Test func enginesOfOneServerSpeakWithOneVoice() throws {
    var fixture = MetricsFixture(models: ["x", "y", "z"], maxLoras: 4)
    fixture.descriptors[2].maxLoras = nil
    fixture.samples[0].load.runningAdapters = ["b", "shared"]
    fixture.samples[1].load.runningAdapters = ["shared", "a\"q"]
    let series = fixture.scrape().filter { $0.name == name }
    #expect(series.count == 1)
    #expect(series.first?[label: "max_lora"] == "8")
    #expect(series.first?[label: "running_lora_adapters"] == "a\"q,b,shared")
  }
}
