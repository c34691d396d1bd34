/// A small, fast generator with 64 bits of state: SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number
/// Generators", 2014).
///
/// Equal seeds give equal sequences on every platform. Not for secrets.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  var state: UInt64

  /// A generator whose sequence depends on nothing but `seed`.
  public init(seed: UInt64) { state = seed }

  /// The generator of one purpose: `index` numbers its user (for example a request), `stream` what the user draws.
  ///
  /// Different indexes and streams give sequences that are unrelated, although the seed is the same.
  public init(seed: UInt64, index: UInt64, stream: UInt64 = 0) {
    state = Self.mix(Self.mix(Self.mix(seed) &+ index) &+ stream)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.finish(state)
  }

  private static func mix(_ value: UInt64) -> UInt64 { finish(value &+ 0x9E37_79B9_7F4A_7C15) }

  private static func finish(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
