internal import HTTPServer
internal import JSON

/// What an API server says of a failure (Kubernetes, meta/v1 Status).
public struct APIStatus: Hashable, Sendable, CustomStringConvertible {
  /// The HTTP status.
  public var code: Int
  /// One word for programs, such as `Expired`; empty when there is none.
  public var reason: String
  /// A sentence for people.
  public var message: String
  /// When to ask again at the earliest, in nanoseconds from now; nil: it does not say.
  public var retryAfter: Int64?
  /// Words for programs on the details.
  public var causes: [String]

  /// The status `code`.
  public init(
    code: Int, reason: String = "", message: String = "", retryAfter: Int64? = nil, causes: [String] = []
  ) {
    self.code = code
    self.reason = reason
    self.message = message
    self.retryAfter = retryAfter
    self.causes = causes
  }

  /// `status 403 (Forbidden): …`.
  public var description: String {
    "status \(code)\(reason.isEmpty ? "" : " (\(reason))")\(message.isEmpty ? "" : ": \(message)")"
  }

  /// What a Status object says; `code` stands in for one that it lacks.
  init(_ object: JSONValue, code: Int) {
    self.init(
      code: object.member("code")?.integer?.small ?? code, reason: object.member("reason")?.string ?? "",
      message: object.member("message")?.string ?? "")
    guard let details = object.member("details") else { return }
    retryAfter = details.member("retryAfterSeconds")?.integer?.small.map { Self.seconds($0) }
    if let list = details.member("causes") {
      causes = list.elements.compactMap { $0.member("reason")?.string }
    }
  }

  /// An answer that is no success, whatever its body is.
  init(code: Int, headers: [HTTPHeader], body: [UInt8], parser: JSONParser) {
    self.init(code: code, message: Excerpt.text(body))
    if let document = try? parser.parse(body) {
      self = document.withRoot { root in
        root.member("kind")?.string == "Status" ? APIStatus(root, code: code) : self
      }
      self.code = code
    }
    let header = headers.first { $0.name.lowercased() == "retry-after" }
    if let seconds = header.flatMap({ Int($0.value) }) { retryAfter = Self.seconds(seconds) }
  }

  private static func seconds(_ count: Int) -> Int64 { Int64(min(max(count, 0), 3600)) * 1_000_000_000 }
}

extension JSONInteger {
  /// The number, if it is a whole one that fits.
  var small: Int? { if case .exact(let value) = self { Int(value) } else { nil } }
}
