/// Where an object was read.
public struct SourcePosition: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The file's name, as the reader was given it.
  public var file: String
  /// The object's first line, counted from 1.
  public var line: Int
  /// Its position among the objects of the file, counted from 0.
  public var index: Int

  /// The object `index` of `file`.
  public init(file: String, line: Int, index: Int) {
    self.file = file
    self.line = line
    self.index = index
  }

  /// `file:line`, as compilers write it.
  public var description: String { "\(file):\(line)" }

  /// By file name, then position.
  public static func < (a: SourcePosition, b: SourcePosition) -> Bool {
    (a.file, a.index, a.line) < (b.file, b.index, b.line)
  }
}
