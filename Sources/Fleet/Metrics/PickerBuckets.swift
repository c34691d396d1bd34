internal import Prometheus

/// The upper bounds of the picker's histograms (GIE v1.5, `pkg/epp/metrics`).
enum PickerBuckets {
  /// Durations of whole requests and times to the first token, in seconds.
  static let request: HistogramBounds = [
    0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60, 120, 180, 240,
    300, 360, 480, 600, 900, 1200, 1800, 2700, 3600,
  ]
  /// Times to the first token in llm-d 0.10: those of `request` up to two minutes.
  static let firstToken = HistogramBounds(request.values.filter { $0 <= 120 })
  /// Times per output token, in seconds.
  static let outputToken: HistogramBounds = [
    0.0005, 0.00205, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.125, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 3,
    4.5, 6, 12, 18, 24, 30, 36, 48, 60, 90, 120, 180, 270, 360,
  ]
  /// Times per output token in llm-d 0.10: those of `outputToken` up to one second, and two seconds.
  static let streamedOutputToken = HistogramBounds(outputToken.values.filter { $0 <= 1 || $0 == 2 })
  /// Times between chunks in llm-d 0.10, in seconds.
  static let interToken: HistogramBounds = [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2,
  ]
  /// Durations of requests per output token, in seconds.
  static let normalizedOutputToken: HistogramBounds = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
  ]
  /// Sizes of requests, in bytes: the powers of two from 64 to 2^30.
  static let requestBytes = powersOfTwo(6...30)
  /// Sizes of responses, in bytes. The bound 32778 is a slip of upstream's that dashboards know by now.
  static let responseBytes = HistogramBounds([1] + powersOfTwo(3...14).values + [32778, 65536])
  /// Tokens of prompts, with the same slip.
  static let inputTokens = HistogramBounds([1] + powersOfTwo(3...14).values + [32778] + powersOfTwo(16...20).values)
  /// Tokens of answers.
  static let outputTokens = HistogramBounds([1] + powersOfTwo(3...13).values)
  /// Times that a pick takes, one of its plugins, or one step of flow control, in seconds.
  static let scheduling: HistogramBounds = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1]
  /// Times that requests are in flow control, in seconds.
  static let flowControl: HistogramBounds = [
    0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
  ]
  /// Shares of a prompt.
  static let ratio: HistogramBounds = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
  /// Bytes of a prompt's known prefix.
  static let prefixBytes = HistogramBounds([0] + powersOfTwo(4...16).values)
  /// Times until a request's body was dealt with in llm-d 0.10, in seconds.
  static let requestProcessing: HistogramBounds = [
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.015, 0.025, 0.04, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]
  /// Times spent on a response in llm-d 0.10, in seconds.
  static let responseProcessing: HistogramBounds = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
  ]

  private static func powersOfTwo(_ exponents: ClosedRange<Int>) -> HistogramBounds {
    HistogramBounds(exponents.map { Double(1 << $0) })
  }
}
