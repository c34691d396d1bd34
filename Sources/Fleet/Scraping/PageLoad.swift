/// What one page says of an endpoint's load, by one engine's mapping.
struct PageLoad {
  /// A number as the samples so far have it.
  struct Quantity {
    private var rank = Int.max
    private var timestamp = Int64.min
    private(set) var value = 0.0

    /// The page has it.
    var isKnown: Bool { rank != .max }

    /// Adds a sample of the selector of that rank.
    mutating func take(_ sample: SampleLine.Sample, rank: Int, total: ((Double, Double) -> Double)?) {
      guard sample.value.isFinite, rank <= self.rank else { return }
      if rank == self.rank {
        if let total {
          value = total(value, sample.value)
          return
        }
        guard sample.timestamp > timestamp else { return }
      }
      self.rank = rank
      timestamp = sample.timestamp
      value = sample.value
    }
  }

  /// Adapters of the newest series, as the page has them.
  struct Adapters: Equatable {
    /// Names with commas.
    var running: [UInt8] = []
    /// Names with commas.
    var waiting: [UInt8] = []
    /// Adapters that may be loaded at once; 0 when the page does not say.
    var limit = 0
  }

  private(set) var waiting = Quantity()
  private(set) var running = Quantity()
  private(set) var kvUsage = Quantity()
  private(set) var blockSize = Quantity()
  private(set) var blocks = Quantity()
  private(set) var adapters = Adapters()
  private var newestAdapters = -Double.infinity

  /// The page says nothing of the load.
  var isEmpty: Bool { !waiting.isKnown && !running.isKnown && !kvUsage.isKnown }

  /// Begins a page.
  mutating func reset() {
    waiting = Quantity()
    running = Quantity()
    kvUsage = Quantity()
    blockSize = Quantity()
    blocks = Quantity()
    adapters.running.removeAll(keepingCapacity: true)
    adapters.waiting.removeAll(keepingCapacity: true)
    adapters.limit = 0
    newestAdapters = -.infinity
  }

  /// Takes a line that `use` is about.
  mutating func take(_ line: Span<UInt8>, nameLength: Int, _ use: MetricsPlan.Use, _ plan: MetricsPlan) {
    for label in use.labels where !SampleLine.has(line, nameLength: nameLength, label.name, label.value) { return }
    guard let sample = SampleLine.sample(line, nameLength: nameLength) else { return }
    let isTotal = plan.combination == .total
    switch use.quantity {
    case .waiting: waiting.take(sample, rank: use.rank, total: isTotal ? { $0 + $1 } : nil)
    case .running: running.take(sample, rank: use.rank, total: isTotal ? { $0 + $1 } : nil)
    case .kvUsage: kvUsage.take(sample, rank: use.rank, total: isTotal ? { max($0, $1) } : nil)
    case .blockSize: blockSize.take(sample, rank: use.rank, total: isTotal ? { first, _ in first } : nil)
    case .blocks: blocks.take(sample, rank: use.rank, total: isTotal ? { $0 + $1 } : nil)
    case .adapters: takeAdapters(line, nameLength, sample)
    case .cacheInfo: takeCacheInfo(line, nameLength, sample, use, plan)
    }
  }

  private mutating func takeAdapters(_ line: Span<UInt8>, _ nameLength: Int, _ sample: SampleLine.Sample) {
    guard sample.value > newestAdapters else { return }
    newestAdapters = sample.value
    adapters.running.removeAll(keepingCapacity: true)
    adapters.waiting.removeAll(keepingCapacity: true)
    adapters.limit = 0
    _ = SampleLine.labels(line, nameLength: nameLength) { name, value in
      if SampleLine.equal(line, name, Self.runningLabel) {
        for place in value { adapters.running.append(line[place]) }
      } else if SampleLine.equal(line, name, Self.waitingLabel) {
        for place in value { adapters.waiting.append(line[place]) }
      } else if SampleLine.equal(line, name, Self.limitLabel) {
        adapters.limit = DecimalText.number(line, value).map(Self.count) ?? 0
      }
      return true
    }
  }

  private mutating func takeCacheInfo(
    _ line: Span<UInt8>, _ nameLength: Int, _ sample: SampleLine.Sample, _ use: MetricsPlan.Use, _ plan: MetricsPlan
  ) {
    let labels = plan.cacheLabels[use.mapping]
    let isTotal = plan.combination == .total
    _ = SampleLine.labels(line, nameLength: nameLength) { name, value in
      let isSize = SampleLine.equal(line, name, labels.blockSize)
      guard isSize || SampleLine.equal(line, name, labels.blocks) else { return true }
      guard let number = DecimalText.number(line, value) else { return true }
      let labelled = SampleLine.Sample(value: number, timestamp: sample.timestamp)
      if isSize {
        blockSize.take(labelled, rank: use.rank, total: isTotal ? { first, _ in first } : nil)
      } else {
        blocks.take(labelled, rank: use.rank, total: isTotal ? { $0 + $1 } : nil)
      }
      return true
    }
  }

  private static let runningLabel = Array("running_lora_adapters".utf8)
  private static let waitingLabel = Array("waiting_lora_adapters".utf8)
  private static let limitLabel = Array("max_lora".utf8)

  /// A number as a count: not below 0, and far from where sums of counts overflow.
  static func count(_ value: Double) -> Int { value > 0 ? Int(min(value, 1e15)) : 0 }
}
