internal import EndpointPicking
internal import Prometheus

/// The endpoint picker's `/metrics` page: GIE v1.5's families and llm-d 0.10's side by side, in the form in which Go's
/// client prints them. As there, a family without samples is not on the page.
struct PickerMetricsPage: Sendable {
  /// The `Content-Type` of the page (that of Go's client, 1.23).
  static let contentType = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"

  /// The build that runs.
  struct Build: Sendable, Hashable {
    /// The commit.
    var commit: String
    /// The tag or branch.
    var reference: String
  }

  /// The build that runs.
  let build: Build

  /// The page as it is now. `share` is the sum of all loops', `pools` are the process's pools, `kubernetes` is about the
  /// API server if there is one.
  func render(
    _ share: PickerMetricsShare, pools: [PoolMetrics], kubernetes: WatchMetrics? = nil
  ) -> [UInt8] {
    var rows = FamilyRows()
    for family in [PickerFamily.extensionInfo, .info] { rows.add(family, [build.commit, build.reference], 1) }
    rows.addRequests(of: share)
    rows.addScheduling(of: share)
    rows.addFlowControl(of: share)
    for pool in pools { rows.add(pool) }
    if let kubernetes {
      rows.add(.failingWatches, [], Double(kubernetes.failing))
      rows.add(.lostWatches, [], Double(kubernetes.losses))
    }
    var page = Exposition(capacity: 64 << 10)
    rows.write(to: &page)
    return page.bytes
  }
}
