import Files
import Foundation
import Testing

@testable import Fleet

/// A folder of its own that goes with the test.
final class ScratchFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "understudy-sources-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes in place, as `echo >` does.
  func write(_ name: String, _ text: String) throws {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file))
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
  }

  func rename(_ old: String, _ new: String) { #expect(Foundation.rename(path + "/" + old, path + "/" + new) == 0) }

  /// The names below this folder with their texts.
  func texts(_ files: [SourceFile]) -> [String: String] {
    var texts: [String: String] = [:]
    for file in files {
      let name = file.name.hasPrefix(path + "/") ? String(file.name.dropFirst(path.count + 1)) : file.name
      texts[name] =
        switch file.content {
        case .text(let text): text
        case .unreadable(let reason): "! " + reason
        }
    }
    return texts
  }
}

@Suite struct SourceReaderTests {
  @Test func foldersAreReadWhole() throws {
    let folder = try ScratchFolder()
    try folder.write("b.yaml", "b")
    try folder.write("a.yml", "a")
    try folder.write("deep/er/c.json", "c")
    try folder.write("README.md", "no")
    try folder.write("x.yaml.swp", "no")
    try folder.write(".hidden.yaml", "no")
    try folder.write(".git/d.yaml", "no")
    try folder.link("deep/up", to: "..")
    try folder.link("linked.yaml", to: "deep/er/c.json")
    try folder.link("broken.yaml", to: "nowhere")
    let files = SourceReader([folder.path]).read().files
    #expect(files.map(\.name) == ["a.yml", "b.yaml", "deep/er/c.json", "linked.yaml"].map { folder.path + "/" + $0 })
    #expect(folder.texts(files) == ["a.yml": "a", "b.yaml": "b", "deep/er/c.json": "c", "linked.yaml": "c"])
    // A trailing slash, a file named beside its folder, and twice.
    let file = folder.path + "/b.yaml"
    #expect(SourceReader([folder.path + "/", file, file]).read().files.count == 4)
    #expect(SourceReader([folder.path + "/README.md"]).read().files.map(\.content) == [.text("no")])
  }

  @Test func whatCannotBeReadSaysWhy() throws {
    let folder = try ScratchFolder()
    try Data([0xFF, 0x41]).write(to: URL(filePath: folder.path + "/bytes.yaml"))
    try folder.write("large.yaml", String(repeating: "#", count: WholeFile.defaultLimit + 1))
    try folder.write("full.yaml", String(repeating: "#", count: WholeFile.defaultLimit))
    let missing = folder.path + "/missing.yaml"
    let texts = folder.texts(SourceReader([folder.path, missing]).read().files)
    #expect(texts["bytes.yaml"] == "! not UTF-8")
    #expect(texts["large.yaml"] == "! larger than 16 MiB")
    #expect(texts["full.yaml"]?.utf8.count == WholeFile.defaultLimit)
    #expect(texts["missing.yaml"] == "! No such file or directory")
    #expect(texts.count == 4)
  }

  @Test func standardInputAndPipesAreReadOnce() throws {
    let folder = try ScratchFolder()
    try folder.write("a.yaml", "a")
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data("piped".utf8))
    try pipe.fileHandleForWriting.close()
    let reader = SourceReader(
      ["-", folder.path, "-"], standardInput: pipe.fileHandleForReading.fileDescriptor)
    for _ in 0..<2 { #expect(folder.texts(reader.read().files) == ["stdin": "piped", "a.yaml": "a"]) }
    #expect(mkfifo(folder.path + "/fifo", 0o600) == 0)
    let path = folder.path + "/fifo"
    let writer = Thread {
      let handle = FileHandle(forWritingAtPath: path)
      try? handle?.write(contentsOf: Data("from a fifo".utf8))
      try? handle?.close()
    }
    writer.start()
    #expect(folder.texts(SourceReader([path]).read().files) == ["fifo": "from a fifo"])
    // Pipes in folders would block for ever.
    #expect(folder.texts(SourceReader([folder.path]).read().files) == ["a.yaml": "a"])
  }

  @Test func thereIsALimitOfFiles() throws {
    let folder = try ScratchFolder()
    for name in ["a.yaml", "b/1.yaml", "b/2.yaml", "c/3.yaml"] { try folder.write(name, name) }
    let paths = [folder.path + "/c", folder.path]
    #expect(SourceTree(paths, limit: 4).failures.isEmpty)
    let tree = SourceTree(paths, limit: 3)
    #expect(tree.failures == [folder.path + "/b/2.yaml": "one of more than 3 files, ignored like those behind it"])
    let files = SourceSnapshot(tree, streams: []).files
    let texts = folder.texts(files)
    #expect(texts.keys.sorted() == ["a.yaml", "b/1.yaml", "b/2.yaml", "c/3.yaml"])
    #expect(texts["b/2.yaml"] == "! one of more than 3 files, ignored like those behind it")
  }
}
