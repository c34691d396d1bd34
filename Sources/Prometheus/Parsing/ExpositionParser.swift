internal import Glibc

/// Reads pages in Prometheus' text format 0.0.4, line by line.
///
/// Lines that cannot be read are counted and passed over; no input can stop or crash it. With a list of names it looks
/// only at the start of every other line, which is what a picker wants that reads five of some hundred series.
public struct ExpositionParser: Sendable {
  /// The names wanted; nil means all.
  public let names: [String]?
  /// What of a page is too much.
  public let limits: ParserLimits
  private let wanted: [[UInt8]]

  /// `names` are names as exposed (with `_total`, `_bucket`, …), few enough to be compared one by one.
  public init(names: [String]? = nil, limits: ParserLimits = ParserLimits()) {
    self.names = names
    self.limits = limits
    wanted = (names ?? []).map { Array($0.utf8) }
  }

  /// Reports the page's samples in order.
  @discardableResult
  public func parse(_ page: [UInt8], _ report: (ParsedSample) -> Void) -> ParseResult {
    page.withUnsafeBytes { parse($0, report) }
  }

  /// Reports the page's samples in order.
  @discardableResult
  public func parse(_ page: UnsafeRawBufferPointer, _ report: (ParsedSample) -> Void) -> ParseResult {
    var result = ParseResult()
    var start = 0
    while start < page.count {
      let end = Self.lineEnd(in: page, from: start)
      defer { start = end + 1 }
      var line = LineReader(page, start..<end)
      line.skipSpaces()
      guard let first = line.peek, first != UInt8(ascii: "#") else { continue }
      guard end - start <= limits.lineBytes, let name = line.metricName() else {
        result.malformed += 1
        continue
      }
      guard names == nil || isWanted(page, name) else {
        result.skipped += 1
        continue
      }
      guard let sample = line.sample(named: name, maxLabels: limits.labels) else {
        result.malformed += 1
        continue
      }
      guard result.samples < limits.samples else {
        result.truncated = true
        return result
      }
      result.samples += 1
      report(sample)
    }
    return result
  }

  /// All samples, in order.
  public func samples(in page: [UInt8]) -> [ParsedSample] {
    var samples: [ParsedSample] = []
    parse(page) { samples.append($0) }
    return samples
  }

  private func isWanted(_ page: UnsafeRawBufferPointer, _ name: Range<Int>) -> Bool {
    guard let base = page.baseAddress else { return false }
    return wanted.contains { candidate in
      candidate.count == name.count && memcmp(candidate, base + name.lowerBound, name.count) == 0
    }
  }

  private static func lineEnd(in page: UnsafeRawBufferPointer, from start: Int) -> Int {
    guard let base = page.baseAddress, let hit = memchr(base + start, 0x0A, page.count - start) else {
      return page.count
    }
    return base.distance(to: UnsafeRawPointer(hit))
  }
}
