import Simulation
import Testing

@testable import EndpointPicking

@Suite struct PrefixTests {
  /// Vectors of the reference implementation.
  @Test(
    arguments: [
      ("", 0, 0xEF46_DB37_51D8_E999), ("a", 0, 0xD24E_C4F1_A98C_6E5B), ("abc", 0, 0x44BC_2CF5_AD77_0999),
      ("123456789", 0, 0x8CB8_41DB_40E6_AE83),
      ("12345678901234567890123456789012345678901234567890123456789012345678901234567890", 0, 0xE04A_477F_19EE_145D),
    ] as [(String, UInt64, UInt64)])
  func xxHash64(text: String, seed: UInt64, expected: UInt64) {
    #expect(XXHash64.hash(Array(text.utf8), seed: seed) == expected)
  }

  @Test func chain() {
    let settings = PrefixCacheSettings()
    var request = request(String(repeating: "x", count: 64) + String(repeating: "y", count: 64) + "tail", model: "m")
    let hashes = PrefixHashes(request, settings: settings, measuredBlockSize: 0)
    #expect(hashes.blockTokens == 16 && hashes.blocks.count == 2)
    func next(_ block: [UInt8], _ previous: UInt64) -> UInt64 {
      XXHash64.hash(block + (0..<8).map { UInt8(truncatingIfNeeded: previous >> UInt64($0 * 8)) })
    }
    let first = next([UInt8](repeating: 0x78, count: 64), XXHash64.hash(Array("m".utf8)))
    #expect(hashes.blocks == [first, next([UInt8](repeating: 0x79, count: 64), first)])
    request.cacheSalt = "salt"
    #expect(PrefixHashes(request, settings: settings, measuredBlockSize: 0).blocks[0] != first)
    request.cacheSalt = ""
    request.targetModel = "n"
    #expect(PrefixHashes(request, settings: settings, measuredBlockSize: 0).blocks[0] != first)
  }

  @Test(arguments: [(63, 0, 0), (64, 0, 1), (100_000, 0, 256), (1_280, 32, 10), (1_280, 1, 256)])
  func blockCounts(bytes: Int, measured: Int, expected: Int) {
    let prompt = request(String(repeating: "x", count: bytes))
    let hashes = PrefixHashes(prompt, settings: PrefixCacheSettings(), measuredBlockSize: measured)
    #expect(hashes.blocks.count == expected)
  }

  @Test func autoTuneCanBeOff() {
    var settings = PrefixCacheSettings()
    settings.autoTune = false
    #expect(settings.blockTokens(measured: 32) == 16 && settings.capacity(measured: 5) == 31_250)
    settings.autoTune = true
    #expect(settings.blockTokens(measured: 32) == 32 && settings.capacity(measured: 5) == 5)
  }

  /// The index agrees with sets and lists that do the same naively.
  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func agreesWithANaiveIndex(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    var index = PrefixIndex()
    var naive: [[UInt64]] = Array(repeating: [], count: 150)
    for _ in 0..<600 {
      let handle = Int.random(in: 0..<150, using: &generator)
      // Few hashes, so that they are shared.
      let start = UInt64.random(in: 2..<40, using: &generator)
      let hashes = (0..<UInt64.random(in: 1..<12, using: &generator)).map { start + $0 }
      if Int.random(in: 0..<20, using: &generator) == 0 {
        index.remove(handle)
        naive[handle] = []
      } else {
        let capacity = Int.random(in: 3..<30, using: &generator)
        index.record(hashes, on: handle, capacity: capacity)
        for hash in hashes {
          naive[handle].removeAll { $0 == hash }
          naive[handle].append(hash)
        }
        if naive[handle].count > capacity { naive[handle].removeFirst(naive[handle].count - capacity) }
      }
      let query = (0..<12).map { UInt64($0) + UInt64.random(in: 2..<40, using: &generator) }
      let known = query.prefix { hash in naive.contains { $0.contains(hash) } }
      let expected = naive.map { held in Int32(known.count { held.contains($0) }) }
      #expect(index.match(query, handles: 150) == expected)
    }
    for handle in 0..<150 { index.remove(handle) }
    #expect(index.entryCount == 0 && index.blockCount == 0)
  }

  @Test func tableAgreesWithADictionary() {
    var generator = SplitMix64(seed: 9)
    var table = BlockTable()
    var dictionary: [UInt64: Int32] = [:]
    for step in 0..<20_000 {
      // Keys that collide in their low bits.
      let key = (UInt64.random(in: 0..<300, using: &generator) << 12) | UInt64.random(in: 2..<5, using: &generator)
      if Bool.random(using: &generator) {
        table.set(key, to: Int32(step))
        dictionary[key] = Int32(step)
      } else {
        table.remove(key)
        dictionary[key] = nil
      }
      #expect(table.value(of: key) == dictionary[key])
    }
    #expect(table.count == dictionary.count)
    for (key, value) in dictionary { #expect(table.value(of: key) == value) }
  }

  @Test func hashZeroIsAHash() {
    var index = PrefixIndex()
    #expect(index.match([0], handles: 2) == [0, 0])
    index.record([0, 5], on: 1, capacity: 9)
    #expect(index.match([0, 5], handles: 2) == [0, 2])
    index.remove(1)
    #expect(index.entryCount == 0 && index.blockCount == 0)
  }

  @Test func leastRecentlyUsedGoFirst() {
    var index = PrefixIndex()
    index.record([10, 20, 30], on: 0, capacity: 3)
    index.record([10, 40], on: 0, capacity: 3)
    #expect(index.match([10], handles: 1) == [1])
    #expect(index.match([20], handles: 1) == [0])
    #expect(index.match([30, 40], handles: 1) == [2])
  }
}
