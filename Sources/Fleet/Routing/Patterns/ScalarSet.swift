/// A set of Unicode scalars: what one place of a pattern takes.
struct ScalarSet: Sendable, Equatable {
  private(set) var ranges: [ClosedRange<UInt32>] = []
  /// What is not in `ranges` is in the set, and the other way round.
  var isNegated = false
  /// Letters are in the set when they are with either case.
  var ignoresCase = false

  static let digits = ScalarSet(ranges: [0x30...0x39])
  static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let space = ScalarSet(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
  static let anything = ScalarSet(isNegated: true)
  static let anythingInLine = ScalarSet(ranges: [0x0A...0x0A], isNegated: true)

  /// The complement.
  var inverted: ScalarSet {
    var set = self
    set.isNegated.toggle()
    return set
  }

  mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }

  /// Adds all of `other`, whose `ignoresCase` does not count.
  mutating func formUnion(_ other: ScalarSet) {
    guard other.isNegated else { return ranges.append(contentsOf: other.ranges) }
    var next: UInt32 = 0
    for range in other.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { ranges.append(next...range.lowerBound - 1) }
      next = max(next, range.upperBound + 1)
    }
    if next <= 0x10FFFF { ranges.append(next...0x10FFFF) }
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool { holds(scalar) != isNegated }

  private func holds(_ scalar: Unicode.Scalar) -> Bool {
    if holds(scalar.value) { return true }
    guard ignoresCase else { return false }
    if scalar.isASCII {
      let isLetter = (0x41...0x5A).contains(scalar.value & ~0x20)
      return isLetter && holds(scalar.value ^ 0x20)
    }
    return holds(scalar.properties.lowercaseMapping) || holds(scalar.properties.uppercaseMapping)
  }

  /// Mappings to several scalars are no case of one letter.
  private func holds(_ mapping: String) -> Bool {
    let scalars = mapping.unicodeScalars
    guard let first = scalars.first, scalars.count == 1 else { return false }
    return holds(first.value)
  }

  private func holds(_ value: UInt32) -> Bool { ranges.contains { $0.contains(value) } }
}
