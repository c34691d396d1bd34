internal import Prometheus

/// `vllm:lora_requests_info`: which adapters run and wait, as labels of one series whose value is the time.
///
/// The series has neither `model_name` nor `engine`, and GIE takes the one with the greatest value. So there is always
/// exactly one, as old as the scrape: a superseded one can never win. It speaks for all engines with LoRA of a server:
/// their adapters together, and as limit the sum of their limits.
struct LoRARequestsInfo: Sendable {
  private let family = Family(
    "vllm:lora_requests_info", .gauge, help: "Adapters of running and waiting requests; the value is the Unix time.")
  private let start: [UInt8]

  init(maxLoras: Int) {
    start = Array(#"vllm:lora_requests_info{max_lora="\#(maxLoras)",running_lora_adapters=""#.utf8)
  }

  func write(_ samples: [EngineSample], unixTime: Double, to page: inout Exposition) {
    page.begin(family)
    page.text(start)
    writeNames(samples, \.runningAdapters, to: &page)
    page.text("\",waiting_lora_adapters=\"")
    writeNames(samples, \.waitingAdapters, to: &page)
    page.text("\"} ")
    page.end(with: unixTime)
  }

  /// Each name once, in order, so that equal states look equal.
  private func writeNames(
    _ samples: [EngineSample], _ names: KeyPath<LoadSnapshot, [String]>, to page: inout Exposition
  ) {
    var previous: String?
    for name in samples.flatMap({ $0.load[keyPath: names] }).sorted() where name != previous {
      if previous != nil { page.text(",") }
      page.escaped(name)
      previous = name
    }
  }
}
