import Simulation
import Testing

@testable import Fleet

/// Regular expressions of RE2's syntax, which must match a text as a whole.
struct PatternTests {
  @Test(arguments: [
    ("", "", true), ("", "a", false), ("a", "a", true), ("a", "ab", false), ("a", "ba", false), ("a", "", false),
    ("a|b", "b", true), ("a|", "", true), ("|a", "a", true), ("ab|cd", "ad", false), ("a|b|c", "c", true),
    ("a*", "", true), ("a*", "aaa", true), ("a+", "", false), ("a?", "aa", false), ("a{2}", "aa", true),
    ("a{2}", "aaa", false), ("a{2,}", "aaaa", true), ("a{1,2}", "aaa", false), ("a{0}", "", true), ("a{0}", "a", false),
    ("a{,2}", "a{,2}", true), ("a{", "a{", true), ("a{x}", "a{x}", true), ("a*?b", "aab", true), ("(a*)*", "aaa", true),
    ("(a|b)*c", "abac", true), ("(?:ab){2}", "abab", true), ("(?P<n>a)b", "ab", true), ("(?<n>a)b", "ab", true),
    (".", "é", true), (".", "\n", false), ("(?s).", "\n", true), (".*", "日本", true), ("^a$", "a", true),
    ("a^b", "ab", false), ("(?m)a$\n^b", "a\nb", true), ("a$\n^b", "a\nb", false), ("\\Aa\\z", "a", true),
    ("\\bfoo\\b", "foo", true), ("fo\\bo", "foo", false), ("fo\\Bo", "foo", true), ("a\\b-b", "a-b", true),
    ("[abc]", "b", true), ("[^abc]", "b", false), ("[^abc]", "d", true), ("[a-c]+", "abc", true), ("[a-]", "-", true),
    ("[]a]", "]", true), ("[^]a]", "]", false), ("[\\d_]+", "1_2", true), ("[\\D]", "1", false), ("[\\D1]", "1", true),
    ("[^\\D]", "1", true), ("[[:alpha:]]+", "aZ", true), ("[[:^alpha:]]", "1", true), ("[[:^alpha:]]", "a", false),
    ("\\d+\\.\\d+", "1.25", true), ("\\d+\\.\\d+", "1x25", false), ("\\w\\W\\s\\S", "a- b", true), ("\\x41", "A", true),
    ("\\x{1F600}", "😀", true), ("\\Qa.b\\E+", "a.b", true), ("\\Qa.b", "a.b", true), ("\\Qa.b\\E", "axb", false),
    ("(?i)abc", "aBC", true), ("a(?i)b", "AB", false), ("a(?i:b)c", "aBC", false), ("a(?i:b)c", "aBc", true),
    ("(?i)[a-c]", "B", true), ("(?i)[^a-c]", "B", false), ("(?i)É", "é", true), ("(?i)a(?-i)b", "AB", false),
    ("(?i)[", "", false), ("\\/v1\\/.*", "/v1/x", true), ("(?i)@", "`", false), ("\\t", "\t", true),
  ])
  func matchesTheWhole(_ pattern: String, _ text: String, _ isMatch: Bool) {
    let compiled = try? Pattern(pattern)
    #expect((compiled?.matches(text) ?? false) == isMatch)
  }

  @Test(arguments: [
    "(", ")", "a)", "(a", "[", "[a", "[]", "*", "+a", "a**", "a+*", "a{2}{3}", "a{1001}", "a{2,1}", "\\", "\\1",
    "\\p{L}",
    "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?P=n)", "(?P<>a)", "(?z)", "(?i", "[b-a]", "[a-\\d]", "[[:nope:]]", "\\xZZ",
    "\\x{110000}", "(?>a)", "(a{1000}){1000}", "(((){0,1000}){0,1000}){0,1000}", "a{99999999999999999999}", "[[:alpha",
    "(?<n",
    String(repeating: "(", count: 100) + String(repeating: ")", count: 100),
  ])
  func badPatternsAreErrors(_ pattern: String) {
    #expect(throws: PatternError.self) { try Pattern(pattern) }
  }

  @Test(arguments: ["((a{0}){1000}){1000}", "(((){1000}){1000}){1000}", "((){0,1000}){0,1000}", "((|){1000}){2}"])
  func repetitionsOfNothingAreWrittenOutFast(_ pattern: String) throws {
    #expect(try Pattern(pattern).matches(""))
  }

  /// Each of these takes a matcher that goes back longer than the age of the universe.
  @Test(arguments: ["(a+)+b", "(a|a)*b", "(a*)*b", "(a|aa)+b", "(.*)(.*)(.*)(.*)(.*)(.*)b", "(a?){50}a{50}b"])
  func nothingGoesBack(_ pattern: String) throws {
    let pattern = try Pattern(pattern)
    #expect(!pattern.matches(String(repeating: "a", count: 2_000)))
  }

  @Test(arguments: 0..<8) func agreesWithTheStandardLibrary(_ seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var matches = 0
    for _ in 0..<150 {
      let source = Self.source(depth: 3, &generator)
      let pattern = try Pattern(source)
      let regex = try Regex(source)
      for _ in 0..<8 {
        let text = String((0..<Int.random(in: 0...5, using: &generator)).map { _ in Self.letter(&generator) })
        let isMatch = try regex.wholeMatch(in: text) != nil
        #expect(pattern.matches(text) == isMatch, "\(source) on \(text)")
        matches += isMatch ? 1 : 0
      }
    }
    #expect(matches > 50)
  }

  private static func letter(_ generator: inout SplitMix64) -> Character {
    "abc".randomElement(using: &generator) ?? "a"
  }

  private static func source(depth: Int, _ generator: inout SplitMix64) -> String {
    switch depth == 0 ? 0 : Int.random(in: 0..<7, using: &generator) {
    case 1: source(depth: depth - 1, &generator) + source(depth: depth - 1, &generator)
    case 2: "(" + source(depth: depth - 1, &generator) + "|" + source(depth: depth - 1, &generator) + ")"
    case 3: "(" + source(depth: depth - 1, &generator) + ")" + (["*", "+", "?"].randomElement(using: &generator) ?? "")
    case 4: "(?:" + source(depth: depth - 1, &generator) + "){\(Int.random(in: 0...1, using: &generator)),2}"
    case 5: "[^" + String(letter(&generator)) + "]"
    case 6: "."
    default: String(letter(&generator))
    }
  }
}
