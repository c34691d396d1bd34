internal import Files
internal import Glibc

/// Reads the files and folders that the command line names, and standard input.
struct SourceReader: Sendable {
  /// Files and folders, without those that are named twice.
  let paths: [String]
  /// Standard input and pipes, which can be read only once.
  let streams: [SourceFile]

  /// The name of standard input in messages.
  static let standardInputName = "stdin"

  /// Reads of `sources` what can be read only once to its end: `-`, which is standard input, and pipes.
  init(_ sources: [String], standardInput: Int32 = STDIN_FILENO) {
    var paths: [String] = []
    var streams: [SourceFile] = []
    var seen: Set<String> = []
    for source in sources where seen.insert(source).inserted {
      if source == "-" {
        var file = SourceFile(Self.standardInputName, text: "")
        file.content = FileContent.read(standardInput)
        streams.append(file)
      } else if case .stream = PathStatus(source) {
        var file = SourceFile(source, text: "")
        file.content = Self.readStream(source)
        streams.append(file)
      } else {
        paths.append(source)
      }
    }
    self.paths = paths
    self.streams = streams
  }

  /// Everything as it is now. A source that is not there is unreadable.
  func read() -> SourceSnapshot { SourceSnapshot(SourceTree(paths), streams: streams) }

  private static func readStream(_ path: String) -> SourceFile.Content {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return .unreadable(FileError.lastOne.description) }
    defer { close(descriptor) }
    return FileContent.read(descriptor)
  }
}
