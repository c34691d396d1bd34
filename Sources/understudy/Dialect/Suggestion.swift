/// Guesses what a misspelt flag was meant to be.
enum Suggestion {
  /// The known name nearest to `spelling`, if it is near enough to be meant.
  static func nearest(to spelling: some StringProtocol, in table: FlagTable) -> String? {
    nearest(to: spelling, among: table.flags.lazy.map(\.name))
  }

  /// The one of `names` nearest to `spelling`, if it is near enough to be meant.
  static func nearest(to spelling: some StringProtocol, among names: some Sequence<String>) -> String? {
    let word = Array(spelling.drop { $0 == "-" }.lowercased().map { $0 == "_" ? "-" : $0 })
    guard word.count > 2 else { return nil }
    let limit = max(1, min(3, word.count / 4))
    return
      names
      .map { (name: $0, distance: distance(word, Array($0))) }
      .filter { $0.distance <= limit }
      .min { $0.distance < $1.distance }?.name
  }

  /// Levenshtein's distance with transposed neighbours as one edit (optimal string alignment).
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var before: [Int] = []
    var row = Array(0...b.count)
    for i in a.indices {
      var next = [i + 1]
      for j in b.indices {
        var best = min(row[j] + (a[i] == b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
        next.append(best)
      }
      (before, row) = (row, next)
    }
    return row[b.count]
  }
}
