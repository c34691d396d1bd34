import Files
import Glibc
import TestSupport
import Testing

@Suite("Files are read whole, up to a limit") struct WholeFileTests {
  @Test("Content is read to its last byte", arguments: ["", "a", String(repeating: "x", count: 200_000)])
  func content(_ text: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("file", text)
    #expect(try WholeFile.read(folder.file("file")) == Array(text.utf8))
    #expect(try WholeFile.read(folder.file("file"), limit: text.utf8.count) == Array(text.utf8))
  }

  @Test func aByteAboveTheLimitIsTooMuch() throws {
    let folder = try TemporaryFolder()
    try folder.write("file", String(repeating: "x", count: (1 << 20) + 1))
    #expect(throws: FileError.tooLarge(limit: 1 << 20)) { try WholeFile.read(folder.file("file"), limit: 1 << 20) }
    #expect(FileError.tooLarge(limit: 1 << 20).description == "larger than 1 MiB")
  }

  @Test func whatIsNotThereIsAnAbsence() {
    let error = #expect(throws: FileError.self) { try WholeFile.read("/nowhere/at/all") }
    #expect(error?.isAbsence == true)
    #expect(error?.description == "No such file or directory")
    #expect(throws: FileError.system(EISDIR)) { try WholeFile.read("/") }
  }

  @Test func aStampTellsAnotherContentFromTheSame() throws {
    let folder = try TemporaryFolder()
    try folder.write("file", "one")
    let before = FileStamp(folder.file("file"))
    #expect(before == FileStamp(folder.file("file")))
    // Another file of the same name and size.
    try folder.write("file", "two")
    #expect(before != FileStamp(folder.file("file")))
    #expect(FileStamp("/nowhere") == nil)
  }
}
