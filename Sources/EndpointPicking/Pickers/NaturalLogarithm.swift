/// The natural logarithm, which the standard library lacks.
enum NaturalLogarithm {
  /// -ln(x) for x in (0, 1], to about 15 digits: x = m x 2^e, ln m = 2 artanh((m - 1) / (m + 1)) as a series.
  static func negative(_ x: Double) -> Double {
    guard x > 0, x < 1 else { return 0 }
    var exponent = Double(x.exponent)
    var mantissa = x.significand
    if mantissa > 1.414_213_562_373_095_1 {
      mantissa /= 2
      exponent += 1
    }
    let z = (mantissa - 1) / (mantissa + 1)
    let square = z * z
    // |z| < 0.172, so the terms shrink by 0.0295 each: eleven reach double precision.
    var sum = 0.0
    for odd in stride(from: 21, through: 1, by: -2) { sum = sum * square + 1 / Double(odd) }
    return -(2 * z * sum + exponent * 0.693_147_180_559_945_309)
  }
}
