/// Why a document was refused.
public struct JSONError: Error, Equatable, Sendable {
  /// What went wrong, in words for the client; no full stop.
  public let message: String
  /// The byte offset in the document at which it was noticed.
  public let offset: Int

  /// An error at `offset`.
  public init(_ message: String, at offset: Int) {
    self.message = message
    self.offset = offset
  }
}

extension JSONError: CustomStringConvertible {
  /// The message with its byte offset.
  public var description: String { "\(message) at byte \(offset)" }
}
