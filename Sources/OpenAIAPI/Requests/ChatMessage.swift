/// One message of a conversation, with its content blocks joined to text.
public struct ChatMessage: Equatable, Sendable {
  /// A call that an assistant made in an earlier turn.
  public struct ToolCall: Equatable, Sendable {
    /// The function's name.
    public var name: String
    /// JSON text, as the client sent it.
    public var arguments: [UInt8]

    /// A call of `name`.
    public init(name: String, arguments: [UInt8]) {
      self.name = name
      self.arguments = arguments
    }
  }

  /// Any role; vLLM does not check it either.
  public var role: String
  /// UTF-8; text blocks are joined with newlines, null content is empty.
  public var text: [UInt8]
  /// Calls that the message makes, in order.
  public var toolCalls: [ToolCall] = []
  /// Of a tool's answer: the call that it answers.
  public var toolCallID: String?
  /// The participant's or tool's name.
  public var name: String?

  /// A message of plain text.
  public init(role: String, text: [UInt8]) {
    self.role = role
    self.text = text
  }
}
