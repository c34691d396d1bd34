internal import Glibc

/// IP addresses as text.
enum IPAddressText {
  /// Four numbers with dots.
  static func isIPv4(_ text: String) -> Bool {
    var address = in_addr()
    return inet_pton(AF_INET, text, &address) == 1
  }

  /// Of version 4 or 6.
  static func isAddress(_ text: String) -> Bool {
    var address = in6_addr()
    return isIPv4(text) || inet_pton(AF_INET6, text, &address) == 1
  }
}
