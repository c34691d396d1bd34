/// Numbers the purposes of random draws, so that more draws for one never change another.
enum DrawStream {
  static let text: UInt64 = 1
  static let latency: UInt64 = 2
  static let failures: UInt64 = 3
}
