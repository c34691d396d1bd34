import ArgumentParser
import Fleet
import Testing

@testable import understudy

/// Which words lead to which command.
@Suite struct CommandTreeTests {
  static let names = ["up", "get", "apply", "delete", "explain", "healthcheck", "self-check"]

  @Test(arguments: names + ["epp"])
  func commandsAreInTheHelp(name: String) throws {
    #expect(try Invocation.read([name, "--help"]) == .parser([name, "--help"]))
    #expect(Understudy.helpMessage().contains("\n  \(name) "))
  }

  @Test(arguments: names)
  func commandsGoToTheTree(name: String) throws {
    #expect(try Invocation.read([name, "-x", "y"]) == .parser([name, "-x", "y"]))
  }

  @Test(arguments: names + ["epp"])
  func theirNamesAreStillModels(name: String) throws {
    #expect(try Invocation.read(["serve", name]) == .serve(CommandLineWords(model: name)))
    let setting = try #require(try Dialect.parse(["--model", name]).settings.first)
    #expect(try Invocation.read(["--model", name]) == .serve(CommandLineWords(settings: [setting])))
  }

  @Test(arguments: ["--generate-completion-script=bash", "--generate-completion-script", "--experimental-dump-help"])
  func descriptionsOfTheWholeTree(word: String) throws {
    #expect(try Invocation.read([word, "bash"]) == .parser([word, "bash"]))
    // Elsewhere they are no flags.
    #expect(throws: LaunchError.self) { try Invocation.read(["--model", "x", word]) }
  }

  @Test(arguments: [
    (["up", "-f"], 2, "Missing value for '-f <file|dir|->'"),
    (["up", "-f", "x", "--wibble"], 2, "Unknown option '--wibble'"),
    (["explain", "-f", "x"], 2, "Missing expected argument '--request <file|->'"),
    (["get"], 1, "Missing expected argument '<kind>'"),
    (["delete", "--wibble"], 1, "Unknown option '--wibble'"),
  ])
  func whatTheParserSaysIsOneLine(words: [String], status: Int32, message: String) throws {
    let error = try #require(throws: LaunchError.self) { try Understudy.run(words) }
    #expect(error.status == status)
    #expect(error.message == message)
  }
}

/// What is wrong with several objects.
@Suite struct FleetErrorTests {
  @Test func aLineForEachCause() {
    let error = LaunchError(FleetError("a.yaml:1: wrong\nb.yaml:2: wrong too\r\n\n"))
    #expect(error.message == "a.yaml:1: wrong\nb.yaml:2: wrong too")
    #expect(error.status == 1)
  }
}
