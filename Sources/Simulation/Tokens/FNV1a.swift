/// The 32-bit FNV-1a hash (Fowler, Noll, Vo), which is a simple token's id.
struct FNV1a {
  private(set) var value: UInt32 = 2_166_136_261

  mutating func add(_ byte: UInt8) { value = (value ^ UInt32(byte)) &* 16_777_619 }
}
