/// `header-based-testing-filter` (GIE v1.5, conformance): endpoints listed in header `test-epp-endpoint-selection` as
/// `IP` or `IP:port`, in the header's order; without the header nothing is left.
struct HeaderTestingFilter: Filter {
  static let header = "test-epp-endpoint-selection"

  func filter(_ candidates: inout [Int], _ context: PickContext, using generator: inout some RandomNumberGenerator) {
    var kept: [Int] = []
    for part in (context.request.headers[Self.header] ?? "").split(separator: ",") {
      let wanted = String(part.trimmingBlanks)
      for index in candidates where !kept.contains(index) {
        let endpoint = context.snapshot.endpoints[index]
        let bracketed = "[\(endpoint.address)]"
        if wanted == endpoint.address || wanted == endpoint.authority || wanted == bracketed { kept.append(index) }
      }
    }
    candidates = kept
  }
}
