internal import CMicrohttpd

extension Exchange {
  /// All headers of the request in their order, with what `override` has changed; `header(_:)` is the way to one.
  public var headers: [HTTPHeader] {
    var list = sentHeaders
    if headerOverrides.isEmpty { return list }
    list.removeAll { headerOverrides[$0.name.lowercased()] != nil }
    return list + headerOverrides.headers
  }

  private var sentHeaders: [HTTPHeader] { values(.HEADER_KIND) }

  /// The request's query, percent-encoded anew, without the question mark; empty when there is none.
  public var query: String {
    PercentEncoding.query(values(.GET_ARGUMENT_KIND).map { ($0.name, $0.value.isEmpty ? nil : $0.value) })
  }

  private func values(_ kind: MHD_ValueKind) -> [HTTPHeader] {
    if case .ended = phase { return [] }
    var collected: [HTTPHeader] = []
    withUnsafeMutablePointer(to: &collected) { target in
      // Unsafe: the callback runs only during this call, on this thread, and copies both strings.
      _ = MHD_get_connection_values(
        connection, kind,
        { context, _, name, value in
          guard let context, let name else { return .NO }
          let header = HTTPHeader(String(cString: name), value.map { String(cString: $0) } ?? "")
          context.assumingMemoryBound(to: [HTTPHeader].self).pointee.append(header)
          return .YES
        }, target)
    }
    return collected
  }
}
