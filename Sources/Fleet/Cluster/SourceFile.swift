/// A file of objects as it is now.
struct SourceFile: Hashable, Sendable {
  /// What reading it gave.
  enum Content: Hashable, Sendable {
    /// The whole text.
    case text(String)
    /// It is there, or was asked for, and cannot be read: why.
    case unreadable(String)
  }

  /// Its path as the command line has it, with what follows for files of folders; names it in messages.
  var name: String
  /// What it says.
  var content: Content

  /// The file `name` with `text`.
  init(_ name: String, text: String) {
    self.name = name
    content = .text(text)
  }

  /// The file `name`, which cannot be read.
  init(_ name: String, unreadable reason: String) {
    self.name = name
    content = .unreadable(reason)
  }
}
