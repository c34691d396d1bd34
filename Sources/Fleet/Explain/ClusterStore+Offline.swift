internal import HTTPServer
internal import Kubernetes

extension ClusterStore {
  /// The objects of `sources` as they are now, and what reading them told.
  ///
  /// - Parameter check: what is wrong with a well-formed object; nil when nothing is.
  /// - Throws: a line for each object that is refused.
  static func read(
    _ sources: [String], check: @escaping @Sendable (ManifestObject) -> String? = { _ in nil }
  ) throws(FleetError) -> (store: ClusterStore, report: ClusterReport) {
    var store = ClusterStore(check: check)
    let report = store.update(SourceReader(sources).read().files, at: Clock.realtime / 1_000_000_000)
    guard report.errors.isEmpty else {
      throw FleetError(report.errors.map(\.description).joined(separator: "\n"))
    }
    return (store, report)
  }
}
