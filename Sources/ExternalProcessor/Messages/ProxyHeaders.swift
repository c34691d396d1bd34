/// A header as the gateway sent it.
struct ProxyHeader: Equatable, Sendable {
  /// In lower case; a pseudo header has its colon.
  var name: String
  /// Seldom anything but text, yet it need not be.
  var value: [UInt8]

  /// A header of text.
  init(_ name: String, _ value: String) {
    self.init(name, Array(value.utf8))
  }

  init(_ name: String, _ value: [UInt8]) {
    self.name = name.isLowercaseASCII ? name : name.lowercased()
    self.value = value
  }
}

/// The headers of a request or a response, in the gateway's order.
struct ProxyHeaders: Equatable, Sendable {
  private(set) var list: [ProxyHeader]

  init(_ list: [ProxyHeader] = []) { self.list = list }

  /// The first value of a header, as text; `name` in lower case.
  subscript(_ name: String) -> String? {
    list.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
  }

  /// The first value of each header, as text.
  var dictionary: [String: String] {
    var values: [String: String] = [:]
    values.reserveCapacity(list.count)
    for header in list where values[header.name] == nil {
      values[header.name] = String(decoding: header.value, as: UTF8.self)
    }
    return values
  }

  /// Those that occur once and that `isEchoed` lets through.
  ///
  /// A mutation overwrites, so that setting a repeated header again would lose all values but one.
  func echo(where isEchoed: (String) -> Bool) -> [ProxyHeader] {
    var counts: [String: Int] = [:]
    counts.reserveCapacity(list.count)
    for header in list { counts[header.name, default: 0] += 1 }
    return list.filter { counts[$0.name] == 1 && isEchoed($0.name) }
  }
}

extension String {
  /// No letter of ASCII is a capital; others are not looked at.
  fileprivate var isLowercaseASCII: Bool { !utf8.contains { $0 >= 0x41 && $0 <= 0x5A } }
}
