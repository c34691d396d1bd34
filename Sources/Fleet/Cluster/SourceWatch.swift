/// Decides from looks at the sources when they changed. It is told what is there; only `SourceSnapshot` reads.
struct SourceWatch {
  /// What was delivered last.
  private var snapshot: SourceSnapshot
  private var lastLook: SourceTree
  /// Looks in a row that found something to deliver.
  private var pending = 0

  /// Milliseconds between looks while nothing changes.
  private static let idleInterval: Int32 = 250
  /// Milliseconds that a file must stay as it is before it is read.
  private static let settlingInterval: Int32 = 100
  /// After so many looks, files that never rest no longer hold up the others.
  private static let patience = 4

  /// Goes on from `snapshot`.
  init(_ snapshot: SourceSnapshot) {
    self.snapshot = snapshot
    lastLook = snapshot.tree
  }

  /// Milliseconds until the next look.
  var interval: Int32 { pending == 0 ? Self.idleInterval : Self.settlingInterval }

  /// Takes a look; the files, if they are other ones than before.
  ///
  /// A change counts once two looks in a row agree on it, so that a file is not read half-written, and one that an editor
  /// takes away and puts back is not missed. Changes wait for each other, so that a file's rename is one change.
  mutating func look(_ found: SourceTree) -> [SourceFile]? {
    var tree = found
    tree.keep(from: lastLook)
    let former = lastLook
    lastLook = tree
    guard !snapshot.isCurrent(tree) else {
      pending = 0
      return nil
    }
    pending += 1
    guard tree == former || pending >= Self.patience else { return nil }
    let isNews = snapshot.update(to: tree) { tree.stamps[$0] == former.stamps[$0] }
    if snapshot.isCurrent(tree) { pending = 0 }
    return isNews ? snapshot.files : nil
  }
}
