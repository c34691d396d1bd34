internal import HTTPServer
internal import Kubernetes

/// Changes headers: sets, then adds, then removes (Gateway API v1.4, HTTPHeaderFilter).
struct HeaderModifier: Hashable, Sendable {
  private let set: [HTTPRouteFilter.Headers.Header]
  private let add: [HTTPRouteFilter.Headers.Header]
  private let remove: [String]

  /// The changes of a filter.
  init(_ filter: HTTPRouteFilter.Headers) {
    // In lower case, in which names are looked up; to HTTP they are the same.
    set = filter.set.map { .init($0.name.lowercased(), $0.value) }
    add = filter.add.map { .init($0.name.lowercased(), $0.value) }
    remove = filter.remove.map { $0.lowercased() }
  }

  /// Changes a list; what is set stands where the first of that name stood, and what is added at the end.
  func apply(to headers: inout [HTTPHeader]) {
    for header in set {
      let first = headers.firstIndex { header.name.isHeaderName($0.name) }
      if let first {
        headers[first].value = header.value
        headers[(first + 1)...].removeAll { header.name.isHeaderName($0.name) }
      } else {
        headers.append(HTTPHeader(header.name, header.value))
      }
    }
    for header in add { headers.append(HTTPHeader(header.name, header.value)) }
    for name in remove { headers.removeAll { name.isHeaderName($0.name) } }
  }

  /// Changes headers that are looked up rather than listed.
  ///
  /// What is added to a header that is there is appended after a comma, which means the same (RFC 9110, 5.3).
  /// - Parameters:
  ///   - read: the value of a header by its name in lower case.
  ///   - write: makes `read` say something else from now on; nil: that there is no such header.
  func apply(read: (String) -> String?, write: (String, String?) -> Void) {
    for header in set { write(header.name, header.value) }
    for header in add {
      if let value = read(header.name), !value.isEmpty {
        write(header.name, value + ", " + header.value)
      } else {
        write(header.name, header.value)
      }
    }
    for name in remove { write(name, nil) }
  }
}

extension String {
  /// Whether this, in lower case, is the header name `other` in any case.
  fileprivate func isHeaderName(_ other: String) -> Bool {
    utf8.count == other.utf8.count
      && zip(utf8, other.utf8).allSatisfy { lower, byte in
        lower == byte || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) && lower == byte | 0x20
      }
  }
}
