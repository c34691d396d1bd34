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
    let arguments = values(.GET_ARGUMENT_KIND)
    return arguments.map { argument in
      argument.value.isEmpty
        ? Self.percentEncoded(argument.name)
        : "\(Self.percentEncoded(argument.name))=\(Self.percentEncoded(argument.value))"
    }.joined(separator: "&")
  }

  private static func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        encoded.unicodeScalars.append("%")
        encoded.unicodeScalars.append(digits[Int(byte >> 4)])
        encoded.unicodeScalars.append(digits[Int(byte & 15)])
      }
    }
    return encoded
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
