/// The endpoints that a gateway allows: `x-gateway-destination-endpoint-subset` (endpoint picker protocol 1.0).
///
/// An entry with a port allows that port, one without allows every port of the address. When no entry meets an endpoint
/// so, ports are left out of account, as GIE v1.5 always does: data-parallel ranks of a listed pod are then allowed.
public struct SubsetHint: Hashable, Sendable {
  private let authorities: Set<Authority>
  private let addresses: Set<String>
  private let allAddresses: Set<String>

  private struct Authority: Hashable {
    let address: String
    let port: Int
  }

  /// The form in dynamic metadata: a list of `ip:port`, an IPv6 address in brackets. Blank entries are left out; an
  /// empty list allows nothing.
  public init(_ entries: some Sequence<some StringProtocol>) {
    var authorities: Set<Authority> = []
    var addresses: Set<String> = []
    var allAddresses: Set<String> = []
    for entry in entries {
      let (address, port) = Self.split(Self.trimmed(Substring(entry)))
      if address.isEmpty { continue }
      allAddresses.insert(address)
      if let port { authorities.insert(Authority(address: address, port: port)) } else { addresses.insert(address) }
    }
    self.authorities = authorities
    self.addresses = addresses
    self.allAddresses = allAddresses
  }

  /// The form in a header: `ip:port` separated by commas. A blank value allows nothing.
  public init(header: String) { self.init(header.split(separator: ",")) }

  /// The hint allows no endpoint at all.
  public var isEmpty: Bool { allAddresses.isEmpty }

  /// The places of those of `endpoints` that it allows, in ascending order: the subset of a pick.
  public func indices(in endpoints: [Endpoint]) -> [Int] {
    if isEmpty { return [] }
    let exact = endpoints.indices.filter { index in
      let endpoint = endpoints[index]
      return addresses.contains(endpoint.address)
        || authorities.contains(Authority(address: endpoint.address, port: endpoint.port))
    }
    return exact.isEmpty ? endpoints.indices.filter { allAddresses.contains(endpoints[$0].address) } : exact
  }

  /// Those of `endpoints` that it allows, in the same order.
  public func allowed(of endpoints: [Endpoint]) -> [Endpoint] { indices(in: endpoints).map { endpoints[$0] } }

  /// The candidates of a request: all endpoints without a hint, else those that it allows.
  ///
  /// - Throws: code `ServiceUnavailable` (503) when there are none.
  public static func candidates(
    of endpoints: [Endpoint], hint: SubsetHint?
  ) throws(InferenceError) -> [Endpoint] {
    let candidates = hint.map { $0.allowed(of: endpoints) } ?? endpoints
    if candidates.isEmpty { throw .noCandidates }
    return candidates
  }

  /// Address and port of `ip`, `ip:port`, `[ip]` or `[ip]:port`; a port that is no number is as good as none.
  private static func split(_ entry: Substring) -> (String, Int?) {
    if entry.first == "[", let end = entry.firstIndex(of: "]") {
      let rest = entry[entry.index(after: end)...]
      return (
        String(entry[entry.index(after: entry.startIndex)..<end]), rest.first == ":" ? Int(rest.dropFirst()) : nil
      )
    }
    guard let colon = entry.lastIndex(of: ":"), entry.firstIndex(of: ":") == colon else {
      return (String(entry), nil)  // no port, or a bare IPv6 address
    }
    return (String(entry[..<colon]), Int(entry[entry.index(after: colon)...]))
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
