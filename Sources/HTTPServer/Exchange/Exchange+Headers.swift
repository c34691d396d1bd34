internal import CMicrohttpd

extension Exchange {
  /// All headers of the request in their order, for logging; `header(_:)` is the way to one of them.
  public var headers: [HTTPHeader] {
    if case .ended = phase { return [] }
    var collected: [HTTPHeader] = []
    withUnsafeMutablePointer(to: &collected) { target in
      // Unsafe: the callback runs only during this call, on this thread, and copies both strings.
      _ = MHD_get_connection_values(
        connection, .HEADER_KIND,
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
