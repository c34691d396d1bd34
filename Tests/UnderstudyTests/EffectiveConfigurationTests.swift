import Foundation
import Testing

@testable import understudy

@Suite struct EffectiveConfigurationTests {
  private static func json(_ plan: LaunchPlan) -> String {
    EffectiveConfiguration(configuration: plan.configuration, options: plan.options).json
  }

  /// What is printed is a configuration file that says the same.
  @Test(arguments: [
    ["m"],
    ["m", "--lora-modules", "a=/p", #"{"name":"q\"uote","base_model_name":"m"}"#, "--max-loras", "3", "--seed", "-9"],
    ["m", "--uds", "/s", "--max-logprobs", "-1", "--fingerprint-mode", "none", "--failure-types", "server_error"],
    ["m", "--self-signed-certs", "--time-to-first-token", "1.5ms", "--mode", "echo", "--root-path", "/r", "-v", "5"],
    [
      "m", "--ssl-certfile", "c", "--ssl-keyfile", "k", "--max-num-queued-reqs", "2", "--host", "::", "--event-loops",
      "2",
    ],
    ["--config", "two"],
  ])
  func readsBack(words: [String]) throws {
    let files = ["two": ConfigFileTests.two]
    let first = Self.json(try plan(words, files: files))
    let second = Self.json(try plan(["--config", "first"], files: ["first": first], now: 77))
    #expect(first == second)
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(first.utf8)) }
    #expect(!first.contains("\n"))
  }

  @Test func keysAreNotShown() throws {
    let text = Self.json(try plan("m --api-key secret-1 secret-2"))
    #expect(!text.contains("secret"))
    #expect(text.contains(#""api-key":["***","***"]"#))
  }

  /// Everything that is honoured is shown, but for the flags that only say where settings come from or go to.
  @Test func showsEveryHonouredFlag() throws {
    let words = "m --uds s --host h --event-loops 1 --fingerprint-value f --max-num-queued-tokens 5k"
    let files = Self.json(try plan(words + " --ssl-certfile c --ssl-keyfile k"))
    let shown = files + Self.json(try plan("m --self-signed-certs"))
    let notShown: Set<String> = [
      "config", "dry-run", "ignore-unknown-flags", "v", "num-gpu-blocks-override", "max-num-queued-reqs",
    ]
    for flag in FlagTable.honoured where !notShown.contains(flag.name) {
      #expect(shown.contains("\"\(flag.name)\":"), "\(flag.name)")
    }
  }
}
