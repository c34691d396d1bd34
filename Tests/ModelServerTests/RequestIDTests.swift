import Testing

@testable import ModelServer

@Suite struct RequestIDTests {
  /// The examples of llm-d-inference-sim's request ids: seed 100, port 8000.
  @Test func idsAreThoseOfTheSimulator() {
    let generator = RequestIDGenerator(seed: 100, port: 8000)
    #expect(generator.next() == "7c91303d-1d54-590b-a704-c0f61ad4c4f7")
    #expect(generator.next() == "f0a61a0c-93d0-5a2f-b504-e83856ca5343")
  }

  @Test func longSeedsAndCountsFitOneBlock() {
    let generator = RequestIDGenerator(seed: UInt64(bitPattern: Int64.min), port: 65535)
    let ids = (0..<1_000).map { _ in generator.next() }
    #expect(Set(ids).count == ids.count)
    #expect(ids.allSatisfy { $0.utf8.count == 36 })
  }

  /// FIPS 180, appendix A: the digest of "abc" begins a9993e36 4706816a ba3e2571 7850c26c.
  @Test func digestOfAbc() {
    let digest = SHA1.digestPrefix(of: Array("abc".utf8))
    #expect(digest.high == 0xa999_3e36_4706_816a)
    #expect(digest.low == 0xba3e_2571_7850_c26c)
  }

  /// RFC 3174: the digest of the empty message begins da39a3ee 5e6b4b0d 3255bfef 95601890.
  @Test func digestOfNothing() {
    let digest = SHA1.digestPrefix(of: [])
    #expect(digest.high == 0xda39_a3ee_5e6b_4b0d)
    #expect(digest.low == 0x3255_bfef_9560_1890)
  }
}
