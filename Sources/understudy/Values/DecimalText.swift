/// Decimal fractions times a unit, without floating point.
enum DecimalText {
  /// `number` times `unit`, cut off at whole ones; nil when `number` is not digits with at most one point among
  /// them, or the product is beyond 64 bits.
  static func scaled(_ number: Substring, by unit: Int64) -> Int64? {
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }) else { return nil }
    guard let whole = digits(parts[0]), parts.count == 1 || digits(parts[1].prefix(18)) != nil else { return nil }
    let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    guard parts.count == 2 else { return product }
    guard parts[1].allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }

    // Eighteen places are all that 64 bits hold; what lies beyond is below any unit's resolution.
    let places = parts[1].prefix(18)
    guard let numerator = digits(places) else { return nil }
    let denominator = places.reduce(Int64(1)) { power, _ in power * 10 }
    // The quotient is below `unit`, hence fits.
    let fraction = denominator.dividingFullWidth(numerator.multipliedFullWidth(by: unit)).quotient
    let (sum, overflow2) = product.addingReportingOverflow(fraction)
    return overflow2 ? nil : sum
  }

  private static func digits(_ text: Substring) -> Int64? {
    if text.isEmpty { return 0 }
    guard text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    return Int64(text)
  }
}
