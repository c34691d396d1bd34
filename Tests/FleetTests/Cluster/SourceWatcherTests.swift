import Foundation
import Synchronization
import Testing

@testable import Fleet

@Suite struct SourceWatchTests {
  /// What `look` gives when there is nothing in between, one look after the other.
  private struct Looks {
    let folder: ScratchFolder
    let reader: SourceReader
    var watch: SourceWatch

    init(_ folder: ScratchFolder, _ sources: [String]? = nil) {
      self.folder = folder
      reader = SourceReader(sources ?? [folder.path])
      watch = SourceWatch(reader.read())
      // The first looks read again what is as young as the test.
      for _ in 0..<3 { _ = watch.look(SourceTree(reader.paths)) }
    }

    mutating func look() -> [String: String]? { watch.look(SourceTree(reader.paths)).map(folder.texts) }
  }

  @Test func changesCountOnceTheyRest() throws {
    let folder = try ScratchFolder()
    try folder.write("a.yaml", "1")
    var looks = Looks(folder)
    #expect(looks.watch.interval == 250 && looks.look() == nil)
    try folder.write("a.yaml", "half")
    #expect(looks.look() == nil && looks.watch.interval == 100)
    try folder.write("a.yaml", "half and half")
    #expect(looks.look() == nil)
    #expect(looks.look() == ["a.yaml": "half and half"])
    #expect(looks.watch.interval == 250 && looks.look() == nil)
  }

  @Test func aFileThatIsTakenAwayAndPutBackIsNotMissed() throws {
    let folder = try ScratchFolder()
    try folder.write("a.yaml", "1")
    var looks = Looks(folder)
    try folder.remove("a.yaml")
    #expect(looks.look() == nil)
    try folder.write("a.yaml", "2")
    #expect(looks.look() == nil)
    #expect(looks.look() == ["a.yaml": "2"])
    try folder.remove("a.yaml")
    #expect(looks.look() == nil)
    #expect(looks.look() == [:])
  }

  @Test func theSameTextIsNoNews() throws {
    let folder = try ScratchFolder()
    try folder.write("a.yaml", "1")
    var looks = Looks(folder)
    try folder.write("b.tmp", "1")
    folder.rename("b.tmp", "a.yaml")
    #expect(looks.look() == nil)
    #expect(looks.look() == nil)
    #expect(looks.watch.interval == 250)
  }

  @Test func aFileThatNeverRestsHoldsNothingUp() throws {
    let folder = try ScratchFolder()
    try folder.write("busy.yaml", "0")
    var looks = Looks(folder)
    try folder.write("a.yaml", "new")
    var found: [String: String]?
    for number in 1...4 where found == nil {
      try folder.write("busy.yaml", String(repeating: "x", count: number))
      found = looks.look()
    }
    #expect(found == ["a.yaml": "new", "busy.yaml": "0"])
    #expect(looks.look() == ["a.yaml": "new", "busy.yaml": "xxxx"])
  }

  @Test func aFolderThatCannotBeReadKeepsItsFiles() throws {
    let folder = try ScratchFolder()
    try folder.write("sub/a.yaml", "1")
    var looks = Looks(folder)
    // Root reads every folder, so the failure is made up.
    var tree = SourceTree([])
    tree.fail(folder.path + "/sub", "Input/output error")
    var found: [SourceFile]?
    for _ in 0..<2 { found = looks.watch.look(tree) ?? found }
    #expect(folder.texts(found ?? []) == ["sub": "! Input/output error", "sub/a.yaml": "1"])
    for _ in 0..<2 { found = looks.watch.look(SourceTree(looks.reader.paths)) ?? found }
    #expect(folder.texts(found ?? []) == ["sub/a.yaml": "1"])
  }

  @Test func aSourceOfItsOwnThatGoesIsGone() throws {
    let folder = try ScratchFolder()
    try folder.write("a.yaml", "1")
    try folder.write("b.yaml", "2")
    var looks = Looks(folder, [folder.path + "/a.yaml", folder.path + "/b.yaml"])
    try folder.remove("a.yaml")
    #expect(looks.look() == nil)
    #expect(looks.look() == ["b.yaml": "2"])
  }
}

/// The thread itself, in real time.
@Suite(.serialized) struct SourceWatcherTests {
  private final class Seen: Sendable {
    private let state = Mutex<[[SourceFile]]>([])

    func note(_ files: [SourceFile]) { state.withLock { $0.append(files) } }
    var count: Int { state.withLock(\.count) }
    var last: [SourceFile] { state.withLock { $0.last ?? [] } }
  }

  /// Milliseconds until `condition` holds; nil when it never does.
  private func wait(_ condition: () -> Bool) -> Int? {
    let start = ContinuousClock.now
    while !condition() {
      if ContinuousClock.now - start > .seconds(5) { return nil }
      usleep(5_000)
    }
    return Int((ContinuousClock.now - start) / .milliseconds(1))
  }

  /// One way to change a folder, and what must be seen then.
  enum Change: String, CaseIterable, CustomTestStringConvertible {
    case edit, add, delete, renameOver, renameFile, mount, newFolder
    var testDescription: String { rawValue }
  }

  @Test(arguments: Change.allCases)
  func changesAreSeenSoon(change: Change) throws {
    let folder = try ScratchFolder()
    try folder.write("a.yaml", "1")
    try folder.write("..v1/m.yaml", "old")
    try folder.write("..v2/m.yaml", "new")
    try folder.link("..data", to: "..v1")
    try folder.link("m.yaml", to: "..data/m.yaml")
    let reader = SourceReader([folder.path])
    let snapshot = reader.read()
    var expected = ["a.yaml": "1", "m.yaml": "old"]
    #expect(folder.texts(snapshot.files) == expected)
    let seen = Seen()
    let watcher = try SourceWatcher(reader, from: snapshot) { seen.note($0) }
    defer { watcher.stop() }
    switch change {
    case .edit:
      try folder.write("a.yaml", "2")
      expected["a.yaml"] = "2"
    case .add:
      try folder.write("b.yaml", "b")
      expected["b.yaml"] = "b"
    case .delete:
      try folder.remove("a.yaml")
      expected["a.yaml"] = nil
    case .renameOver:
      try folder.write(".a.yaml.swp", "2")
      folder.rename(".a.yaml.swp", "a.yaml")
      expected["a.yaml"] = "2"
    case .renameFile:
      folder.rename("a.yaml", "z.yaml")
      expected["z.yaml"] = expected.removeValue(forKey: "a.yaml")
    case .mount:
      try folder.link("..data_tmp", to: "..v2")
      folder.rename("..data_tmp", "..data")
      expected["m.yaml"] = "new"
    case .newFolder:
      try folder.write("sub/c.yaml", "c")
      expected["sub/c.yaml"] = "c"
    }
    let delay = wait { folder.texts(seen.last) == expected }
    // Half a second is the promise; a busy machine gets more.
    #expect(try #require(delay) < 1500)
    #expect(seen.count == 1)
  }

  @Test func afterStopNothingIsHeard() throws {
    let folder = try ScratchFolder()
    let reader = SourceReader([folder.path])
    let seen = Seen()
    let watcher = try SourceWatcher(reader, from: reader.read()) { seen.note($0) }
    watcher.stop()
    watcher.stop()
    try folder.write("a.yaml", "1")
    usleep(700_000)
    #expect(seen.count == 0)
  }

  @Test func theHandlerMayStopItsWatcher() throws {
    final class Holder: Sendable {
      let watcher = Mutex<SourceWatcher?>(nil)
      let calls = Mutex(0)
    }
    let folder = try ScratchFolder()
    let reader = SourceReader([folder.path])
    let holder = Holder()
    let watcher = try SourceWatcher(reader, from: reader.read()) { _ in
      holder.watcher.withLock { $0.take() }?.stop()
      holder.calls.withLock { $0 += 1 }
    }
    holder.watcher.withLock { $0 = watcher }
    try folder.write("a.yaml", "1")
    #expect(wait { holder.calls.withLock { $0 } == 1 } != nil)
    try folder.write("a.yaml", "2")
    usleep(700_000)
    #expect(holder.calls.withLock { $0 } == 1)
  }

  @Test func idlingCostsNextToNothing() throws {
    let folder = try ScratchFolder()
    for number in 0..<100 { try folder.write("\(number).yaml", "a: \(number)") }
    let reader = SourceReader([folder.path])
    var looks = SourceWatch(reader.read())
    for _ in 0..<3 { _ = looks.look(SourceTree(reader.paths)) }
    func spent() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let before = spent()
    let count = 200
    for _ in 0..<count { #expect(looks.look(SourceTree(reader.paths)) == nil) }
    let perSecond = (spent() - before) / Double(count) * 4
    // Four looks a second; a debug build on a busy machine gets more than it needs.
    #expect(perSecond < 0.05, "\(perSecond) s of processor time per second")
  }
}
