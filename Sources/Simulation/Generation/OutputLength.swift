/// Draws how many tokens a random answer has (llm-d-inference-sim, random mode).
enum OutputLength {
  /// The length below a maximum that the request named: 1 to `maximum`, often the maximum itself.
  static func draw(givenMaximum maximum: Int, using generator: inout SplitMix64) -> Int {
    if maximum <= 1 { return maximum }
    if maximum <= 6 { return generator.integer(in: 1...maximum) }
    let r = generator.uniform()
    guard let bucket = cumulative.firstIndex(where: { $0 >= r }) else { return maximum }
    return generator.integer(in: range(of: bucket, maximum: maximum))
  }

  /// The length when the request named no maximum: 1 to `room`, around 40 where there is room enough.
  static func draw(room: Int, using generator: inout SplitMix64) -> Int {
    guard room >= 20 else { return room <= 1 ? room : generator.integer(in: 1...room) }
    while true {
      let length = 40 + 20 * generator.normal()
      if length >= 1, length <= Double(room) { return Int(length.rounded(.toNearestOrAwayFromZero)) }
    }
  }

  /// The probabilities 0.2, 0.3, 0.2, 0.05 and 0.1 summed up; what is left is the maximum's.
  private static let cumulative = [0.2, 0.5, 0.7, 0.75, 0.85]

  /// The lengths of a bucket: five equal parts up to 101, above that 20 tokens each but for the fourth.
  static func range(of bucket: Int, maximum: Int) -> ClosedRange<Int> {
    let lower: Int
    let upper: Int
    if maximum <= 101 {
      let width = Double(maximum - 1) / 5
      lower = Int(width * Double(bucket)) + 1
      upper = Int(width * Double(bucket + 1))
    } else {
      lower = bucket < 4 ? 20 * bucket + 1 : maximum - 19
      upper = bucket < 3 ? 20 * (bucket + 1) : bucket == 3 ? maximum - 20 : maximum
    }
    return lower...max(lower, min(upper, maximum - 1))
  }
}
