extension RemoteAddress {
  /// `host:port`, with brackets around an IPv6 address (RFC 3986, 3.2).
  var authority: String { "\(host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host):\(port)" }

  /// The URL of a path there (RFC 3986, 3.3 and 3.4).
  ///
  /// - Parameter path: percent-decoded, and behind the first question mark a query that is encoded already; what may
  ///   not stand in a URL is encoded in both.
  func url(_ path: String) -> String {
    var url = isSecure ? "https://" : "http://"
    url += authority
    var isQuery = false
    for byte in path.utf8 {
      if byte.isURLCharacter || (isQuery && (byte == UInt8(ascii: "%") || byte == UInt8(ascii: "?"))) {
        url.unicodeScalars.append(Unicode.Scalar(byte))
      } else if byte == UInt8(ascii: "?") {
        isQuery = true
        url.append("?")
      } else {
        url.append("%")
        url.append(byte.highHexadecimalDigit)
        url.append(byte.lowHexadecimalDigit)
      }
    }
    return url
  }
}

extension UInt8 {
  /// Unreserved characters, sub-delimiters, and what else may stand in a path and in a query.
  fileprivate var isURLCharacter: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "!"),
      UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"),
      UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="):
      true
    default: false
    }
  }

  fileprivate var highHexadecimalDigit: Character { Self.digit(self >> 4) }
  fileprivate var lowHexadecimalDigit: Character { Self.digit(self & 15) }

  private static func digit(_ value: UInt8) -> Character {
    Character(Unicode.Scalar(value < 10 ? 0x30 + value : 0x37 + value))
  }
}
