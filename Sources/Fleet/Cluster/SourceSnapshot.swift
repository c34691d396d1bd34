internal import Files
internal import Glibc

/// Files with their content, and what tells whether they changed since.
struct SourceSnapshot: Sendable {
  /// Of the files that are there.
  private var contents: [String: Entry] = [:]
  /// What it was read by.
  let tree: SourceTree
  private var failures: [String: String] = [:]
  private var streams: [SourceFile] = []

  private struct Entry {
    var content: SourceFile.Content
    /// Of what was read; nil when it may be another one already.
    var stamp: FileStamp?
  }

  /// Reads all files of `tree`.
  init(_ tree: SourceTree, streams: [SourceFile]) {
    self.tree = tree
    self.streams = streams
    failures = tree.failures
    for path in tree.absent { failures[path] = FileError.system(ENOENT).description }
    for (path, looked) in tree.stamps {
      contents[path] =
        switch FileContent.read(path) {
        // What may have changed since is read again.
        case .whole(let content, let stamp): Entry(content: content, stamp: stamp.isRecent ? nil : stamp)
        case .changing(let content): Entry(content: content, stamp: nil)
        case .closed(let error): Entry(content: .unreadable(error.description), stamp: looked)
        }
    }
  }

  /// The files, by name.
  var files: [SourceFile] {
    var files = streams
    for (path, entry) in contents {
      var file = SourceFile(path, text: "")
      file.content = entry.content
      files.append(file)
    }
    for (path, reason) in failures where contents[path] == nil { files.append(SourceFile(path, unreadable: reason)) }
    return files.sorted { $0.name < $1.name }
  }

  /// The files of `tree` are those that were read.
  func isCurrent(_ tree: SourceTree) -> Bool {
    tree.stamps.count == contents.count && tree.stamps.allSatisfy { contents[$0.key]?.stamp == $0.value }
      && tree.failures == failures
  }

  /// Takes over what is different in `tree`, but for the files for which `isSettled` is false; whether that made a
  /// difference to `files`. Sources that are gone are left out.
  mutating func update(to tree: SourceTree, isSettled: (String) -> Bool) -> Bool {
    var isNews = tree.failures != failures
    failures = tree.failures
    for path in contents.keys where tree.stamps[path] == nil && isSettled(path) {
      contents[path] = nil
      isNews = true
    }
    for (path, looked) in tree.stamps where contents[path]?.stamp != looked && isSettled(path) {
      let content: SourceFile.Content
      switch FileContent.read(path) {
      case .whole(let whole, looked): content = whole
      case .closed(let error) where !error.isAbsence: content = .unreadable(error.description)
      // It changed since the look; the next one tells.
      case .whole, .changing, .closed: continue
      }
      if contents[path]?.content != content { isNews = true }
      contents[path] = Entry(content: content, stamp: looked)
    }
    return isNews
  }
}
