/// The blocks of a prompt as a chain of hashes (GIE v1.5, prefix matching).
///
/// h(0) = H(target model, cache salt); h(i) = H(bytes of block i, h(i-1) as 8 bytes little-endian) with H = xxHash64 at
/// seed 0. A last partial block is dropped, and h(0) is not one of the blocks.
struct PrefixHashes: Sendable, Equatable {
  /// Tokens per block.
  var blockTokens: Int
  /// h(1), h(2), … in the prompt's order.
  var blocks: [UInt64]

  /// No blocks: prefixes don't matter here.
  static let none = PrefixHashes(blockTokens: 0, blocks: [])

  private init(blockTokens: Int, blocks: [UInt64]) {
    self.blockTokens = blockTokens
    self.blocks = blocks
  }

  /// The chain of a request; `measuredBlockSize` is the endpoints' block size in tokens, 0 when unknown.
  init(_ request: PickRequest, settings: PrefixCacheSettings, measuredBlockSize: Int) {
    blockTokens = settings.blockTokens(measured: measuredBlockSize)
    let size = blockTokens * PrefixCacheSettings.charactersPerToken
    let count = min(request.prefixText.count / size, settings.blockLimit(blockTokens: blockTokens))
    guard count > 0 else {
      blocks = []
      return
    }
    var previous = XXHash64.hash(Array(request.targetModel.utf8) + Array(request.cacheSalt.utf8))
    blocks = []
    blocks.reserveCapacity(count)
    var block = [UInt8](repeating: 0, count: size + 8)
    block.withUnsafeMutableBytes { block in
      request.prefixText.withUnsafeBytes { text in
        for index in 0..<count {
          let start = index * size
          block.copyMemory(from: UnsafeRawBufferPointer(rebasing: text[start..<(start + size)]))
          block.storeBytes(of: previous.littleEndian, toByteOffset: size, as: UInt64.self)
          previous = XXHash64.hash(UnsafeRawBufferPointer(block))
          blocks.append(previous)
        }
      }
    }
  }
}
