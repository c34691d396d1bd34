import ModelServer
import Testing

@testable import understudy

/// Plans a launch as the program would, with files and environment given as values.
func plan(
  _ words: [String], environment: [String: String] = [:], files: [String: String] = [:], now: UInt64 = 42
) throws -> LaunchPlan {
  try LaunchPlan(words: try Dialect.parse(words), environment: environment, now: now) { path throws(LaunchError) in
    guard let text = files[path] else { throw LaunchError("--config: no file '\(path)' in this test") }
    return text
  }
}

/// The words of a command line without spaces inside words.
func plan(_ line: String, environment: [String: String] = [:], files: [String: String] = [:]) throws -> LaunchPlan {
  try plan(line.split(separator: " ").map(String.init), environment: environment, files: files)
}

/// The message a launch fails with.
func refusal(
  _ words: [String], environment: [String: String] = [:], files: [String: String] = [:]
) throws -> String {
  let error = try #require(throws: LaunchError.self) { try plan(words, environment: environment, files: files) }
  #expect(error.status == 2)
  #expect(!error.message.contains("\n"))
  return error.message
}

func refusal(_ line: String, environment: [String: String] = [:], files: [String: String] = [:]) throws -> String {
  try refusal(line.split(separator: " ").map(String.init), environment: environment, files: files)
}
