import Simulation
import Testing

@testable import Prometheus

@Suite struct NumberFormatTests {
  /// The expected texts are what Python's `prometheus_client.utils.floatToGoString` prints.
  @Test(
    arguments: [
      (0, "0.0"), (1, "1.0"), (9, "9.0"), (10, "10.0"), (-3, "-3.0"), (-12, "-12.0"), (0.3, "0.3"), (7.5, "7.5"),
      (999_999, "999999.0"), (1_000_000, "1e+06"), (1_234_567, "1.234567e+06"), (1_200_000, "1.2e+06"),
      (-1_234_567, "-1234567.0"), (10_000_000_000, "1e+010"), (12_345_678_901, "1.2345678901e+010"),
      (1_733_000_000.123456, "1.733000000123456e+09"), (123_456.75, "123456.75"), (0.0001, "0.0001"),
      (0.00001, "1e-05"), (1e16, "1e+16"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    ] as [(Double, String)])
  func prints(_ number: Double, _ text: String) {
    #expect(Self.text(number) == text)
  }

  @Test func readsBackAsTheSameNumber() {
    var generator = SplitMix64(seed: 1)
    for _ in 0..<20_000 {
      let number: Double =
        switch generator.next() % 4 {
        case 0: Double(bitPattern: generator.next())
        case 1: Double(Int64(truncatingIfNeeded: generator.next()) >> Int64(generator.next() % 64))
        case 2: Double(generator.next() % 1_000_000) / 1000
        default: Double(generator.next() >> 11) / 1e6
        }
      let text = Self.text(number)
      let parsed = ExpositionParser().samples(in: Array("x \(text)\n".utf8)).first?.value
      #expect(parsed == number || (number.isNaN && parsed?.isNaN == true), "\(text)")
    }
  }

  private static func text(_ number: Double) -> String {
    var bytes: [UInt8] = []
    bytes.appendNumber(number)
    return String(decoding: bytes, as: UTF8.self)
  }
}
