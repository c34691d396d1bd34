import Simulation
import Testing

@testable import Fleet

@Suite struct GoNumberTests {
  private func text(_ number: Double) -> String {
    var bytes: [UInt8] = []
    bytes.appendGoNumber(number)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The right column is what strconv.FormatFloat(x, 'g', -1, 64) gives.
  @Test(
    arguments: [
      (0, "0"), (-0.0, "0"), (1, "1"), (-1, "-1"), (10, "10"), (-25, "-25"), (32778, "32778"), (999_999, "999999"),
      (1_000_000, "1e+06"), (1_048_576, "1.048576e+06"), (16_777_216, "1.6777216e+07"),
      (1_073_741_824, "1.073741824e+09"), (-1_000_001, "-1.000001e+06"), (1_234_567.5, "1.2345675e+06"),
      (123_456.75, "123456.75"), (999_999.5, "999999.5"), (12.5, "12.5"), (0.1, "0.1"), (0.00205, "0.00205"),
      (0.0001, "0.0001"), (0.00025, "0.00025"), (0.00001, "1e-05"), (0.0000125, "1.25e-05"), (-0.5, "-0.5"),
      (0.1 + 0.2, "0.30000000000000004"), (1e15, "1e+15"), (1e21, "1e+21"), (1e22, "1e+22"), (1e100, "1e+100"),
      (1e-100, "1e-100"), (.leastNonzeroMagnitude, "5e-324"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
      (9_007_199_254_740_992, "9.007199254740992e+15"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    ] as [(Double, String)])
  func printsAsGo(_ number: Double, _ expected: String) {
    #expect(text(number) == expected)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func readsBack(_ seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    for _ in 0..<20_000 {
      let number = Double(bitPattern: generator.next())
      guard number.isFinite else { continue }
      #expect(Double(text(number)) == number)
      let small = Double(Int.random(in: -20_000_000...20_000_000, using: &generator)) / 16
      #expect(Double(text(small)) == small)
    }
  }
}
