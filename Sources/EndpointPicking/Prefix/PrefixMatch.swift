/// How much of a prompt each endpoint is thought to hold.
struct PrefixMatch: Sendable {
  /// The prompt's blocks.
  var hashes: PrefixHashes
  /// Some endpoint of the snapshot holds some of them.
  var anyMatch: Bool { held.contains { $0 > 0 } }
  /// Held blocks by endpoint handle.
  var held: [Int32]

  /// Of a scheduler that doesn't look at prefixes.
  static let none = PrefixMatch(hashes: .none, held: [])

  /// Blocks of the prompt.
  var total: Int { hashes.blocks.count }

  /// How many of them the endpoint with this handle holds.
  @inline(__always)
  func matched(_ handle: Int) -> Int { handle < held.count ? Int(held[handle]) : 0 }
}
