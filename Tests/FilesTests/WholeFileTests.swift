import Files
import Glibc
import Testing

/// A file of its own in the folder for temporary files; gone with the test.
private final class TemporaryFile {
  let path: String

  init(_ content: String) throws {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/understudy-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try write(content, to: descriptor)
  }

  deinit { unlink(path) }

  func append(_ content: String) throws {
    let descriptor = open(path, O_WRONLY | O_APPEND)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    try write(content, to: descriptor)
  }

  private func write(_ content: String, to descriptor: Int32) throws {
    try #require(Glibc.write(descriptor, content, content.utf8.count) == content.utf8.count)
  }
}

@Suite("Files are read whole, up to a limit") struct WholeFileTests {
  @Test("Content is read to its last byte", arguments: ["", "a", String(repeating: "x", count: 200_000)])
  func content(_ text: String) throws {
    let file = try TemporaryFile(text)
    #expect(try WholeFile.read(file.path) == Array(text.utf8))
    #expect(try WholeFile.read(file.path, limit: text.utf8.count) == Array(text.utf8))
  }

  @Test func aByteAboveTheLimitIsTooMuch() throws {
    let file = try TemporaryFile(String(repeating: "x", count: (1 << 20) + 1))
    #expect(throws: FileError.tooLarge(limit: 1 << 20)) { try WholeFile.read(file.path, limit: 1 << 20) }
    #expect(FileError.tooLarge(limit: 1 << 20).description == "larger than 1 MiB")
  }

  @Test func whatIsNotThereIsAnAbsence() {
    let error = #expect(throws: FileError.self) { try WholeFile.read("/nowhere/at/all") }
    #expect(error?.isAbsence == true)
    #expect(error?.description == "No such file or directory")
    #expect(throws: FileError.system(EISDIR)) { try WholeFile.read("/") }
  }

  @Test func aStampTellsAnotherContentFromTheSame() throws {
    let file = try TemporaryFile("one")
    let before = FileStamp(file.path)
    #expect(before == FileStamp(file.path))
    try file.append("two")
    #expect(before != FileStamp(file.path))
    #expect(before?.identity == FileStamp(file.path)?.identity)
    #expect(FileStamp("/nowhere") == nil)
  }
}
