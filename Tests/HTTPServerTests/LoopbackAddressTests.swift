import Testing

@testable import HTTPServer

@Suite struct LoopbackAddressTests {
  @Test(
    arguments: [
      (Array(repeating: 0, count: 15) + [1], true),
      (Array(repeating: 0, count: 10) + [0xFF, 0xFF, 127, 8, 0, 1], true),
      (Array(repeating: 0, count: 10) + [0xFF, 0xFF, 10, 0, 0, 1], false),
      (Array(repeating: 0, count: 16), false),
      ([0xFE, 0x80] + Array(repeating: 0, count: 13) + [1], false),
      ([], false),
    ] as [([UInt8], Bool)]) func contains(address: [UInt8], expected: Bool)
  {
    #expect(LoopbackAddress.contains(address) == expected)
  }
}
