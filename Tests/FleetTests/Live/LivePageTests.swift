import Testing

@testable import Fleet

/// The page at `/ui`, as it is in the binary.
@Suite struct LivePageTests {
  private let text = String(decoding: LivePage.body(nonce: "n0"), as: UTF8.self)

  @Test func itsStyleAndScriptAreLetIn() {
    #expect(text.contains(#"<style nonce="n0">"#))
    #expect(text.contains(#"<script nonce="n0">"#))
    #expect(!text.contains("{{nonce}}"))
    #expect(text.hasPrefix("<!doctype html>") && text.hasSuffix("</html>\n"))
    let policy = LivePage.headers(nonce: "n0").first { $0.name == "Content-Security-Policy" }?.value ?? ""
    #expect(policy.contains("default-src 'none'"))
    #expect(policy.contains("script-src 'nonce-n0'") && policy.contains("style-src 'nonce-n0'"))
    #expect(!policy.contains("unsafe") && !policy.contains("http"))
  }

  /// What the policy would not let through, or what would make HTML of a name.
  @Test(arguments: [
    "innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", " onclick=", " onload=", " onerror=", "src=",
    "@import", "url(", "https://", "style=\"",
  ]) func hasNothingOf(word: String) { #expect(!text.contains(word)) }

  @Test func numbersAreOthersEveryTime() {
    var generator = SystemRandomNumberGenerator()
    let nonces = Set((0..<100).map { _ in LivePage.nonce(using: &generator) })
    #expect(nonces.count == 100)
    #expect(nonces.allSatisfy { nonce in nonce.utf8.allSatisfy { (0x30...0x7A).contains($0) } })
  }
}
