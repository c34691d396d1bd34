internal import Prometheus

/// One family of the picker's page: its name, type, labels and help.
///
/// The families are listed by subject in the extensions of this type. Those that begin with `inference_` are GIE
/// v1.5's, those that begin with `llm_d_epp_` or `llm_d_inference_scheduler_` llm-d 0.10's.
struct PickerFamily: Sendable {
  /// What the values are, and what becomes of several for one label set.
  enum Shape: Sendable, Equatable {
    /// Counts, which are added up.
    case counter
    /// Counts of what there is now, which are added up.
    case sum
    /// Other gauges, of which the largest stands.
    case maximum
    /// Observations in buckets with these upper bounds.
    case histogram(HistogramBounds)

    fileprivate var kind: MetricKind {
      switch self {
      case .counter: .counter
      case .sum, .maximum: .gauge
      case .histogram: .histogram
      }
    }
  }

  /// What the page's HELP and TYPE lines say.
  let family: Family
  /// The labels' names, in the order in which their values are given.
  let labels: [String]
  /// What the values are.
  let shape: Shape

  /// A family; all of upstream's are of alpha stability and say so in their help.
  init(_ name: String, _ shape: Shape, _ labels: [String] = [], help: String) {
    family = Family(name, shape.kind, help: "[ALPHA] " + help)
    self.labels = labels
    self.shape = shape
  }

  /// The same family under the name and labels that llm-d 0.10 gave it.
  func renamed(_ name: String, _ labels: [String]? = nil, _ shape: Shape? = nil) -> PickerFamily {
    PickerFamily(
      name, shape ?? self.shape, labels ?? self.labels, help: String(family.help.dropFirst("[ALPHA] ".count)))
  }

  /// Every family that the page can have.
  static let all = requests + pools + scheduling + flowControl
}
