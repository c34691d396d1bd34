internal import HTTPServer

/// The page at `/ui`: `ui.html` beside this file, whole in the binary.
///
/// It may load nothing from anywhere and talk to nobody but this server; its one style sheet and its one script are let
/// in by a number that is another one every time.
enum LivePage {
  /// Stands in the file where the number goes.
  private static let placeholder = Array("{{nonce}}".utf8)

  /// The page with that number.
  static func body(nonce: String) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(PackageResources.ui_html.count + 64)
    var rest = PackageResources.ui_html[...]
    while let start = rest.firstRange(of: placeholder) {
      body += rest[..<start.lowerBound]
      body += nonce.utf8
      rest = rest[start.upperBound...]
    }
    return body + rest
  }

  /// 128 random bits.
  static func nonce(using generator: inout some RandomNumberGenerator) -> String {
    String(generator.next(), radix: 36) + String(generator.next(), radix: 36)
  }

  static func headers(nonce: String) -> [HTTPHeader] {
    let policy = """
      default-src 'none'; script-src 'nonce-\(nonce)'; style-src 'nonce-\(nonce)'; connect-src 'self'; \
      img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
      """
    return [
      HTTPHeader("Content-Type", "text/html; charset=utf-8"), HTTPHeader("Content-Security-Policy", policy),
      HTTPHeader("X-Content-Type-Options", "nosniff"), HTTPHeader("Referrer-Policy", "no-referrer"),
      HTTPHeader("Cache-Control", "no-store"),
    ]
  }
}
