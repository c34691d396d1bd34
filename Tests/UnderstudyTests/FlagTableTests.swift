import Foundation
import Testing

@testable import understudy

extension FlagSpecification: CustomTestStringConvertible {
  /// The flag as it is typed.
  public var testDescription: String { "--" + name }
}

@Suite struct FlagTableTests {
  @Test func namesAndAliasesAreUnique() {
    let names = FlagTable.all.flags.flatMap { ["--" + $0.name] + $0.aliases }
    #expect(Set(names).count == names.count)
    #expect(FlagTable.all.flags.count > 240)
  }

  /// A value of the right shape, which leaves a feature that comes later off.
  private static func sample(_ flag: FlagSpecification) -> String? {
    if case .notYet(_, let off) = flag.disposition { return off.last }
    return switch flag.kind {
    case .boolean: "true"
    case .integer: "16"
    case .humanInteger: "2k"
    case .number: "1.5"
    case .duration, .seconds: "5"
    case .json: "{}"
    case .text, .list, .optionalText: "word"
    }
  }

  @Test(arguments: FlagTable.all.flags)
  func everyFlagParses(flag: FlagSpecification) throws {
    guard flag.disposition != .fileOnly, let value = Self.sample(flag) else { return }
    for spelling in ["--" + flag.name, "--" + flag.name.replacing("-", with: "_")] + flag.aliases {
      for words in [[spelling, value], ["\(spelling)=\(value)"]] {
        let line = try Dialect.parse(words + ["--"])
        #expect(line.settings.map(\.flag.name) == [flag.name])
        #expect(line.settings.map(\.values) == [[value]])
        _ = try Admission.review(line.settings)
      }
    }
  }

  /// What ArgumentParser makes of the declarations, and what the bindings make of the same words, is the same.
  @Test func bindingsReachTheDeclaredOptions() throws {
    var words: [String] = []
    var settings: [Setting] = []
    let unset = "\(ServeOptions([]))"
    for flag in FlagTable.honoured {
      let value = try #require(Self.sample(flag))
      words.append(flag.kind == .boolean ? "--\(flag.name)" : "--\(flag.name)=\(value)")
      let setting = Setting(flag: flag, values: [value], origin: .commandLine)
      settings.append(setting)
      #expect("\(ServeOptions([setting]))" != unset, "--\(flag.name)")
    }
    // All at once: the parser checks every declaration each time it runs, which takes long in debug builds.
    #expect("\(ServeOptions(settings))" == "\(try ServeOptions.parse(words))")
  }

  @Test func helpNamesEveryHonouredFlag() {
    let help = Understudy.helpMessage(for: ServeCommand.self)
    for flag in FlagTable.honoured where flag.disposition != .fileOnly {
      #expect(help.contains("--\(flag.name)") || help.contains("-\(flag.name) "), "--\(flag.name)")
    }
  }

  @Test(arguments: FlagTable.all.flags)
  func laterFeaturesAreRefused(flag: FlagSpecification) throws {
    guard case .notYet(let feature, let off) = flag.disposition else { return }
    let on =
      switch flag.kind {
      case .boolean: "true"
      case .integer, .number, .humanInteger: "7"
      case .duration: "7s"
      default: "something"
      }
    let message = try refusal(["--model", "m", "--\(flag.name)=\(on)"])
    #expect(message == "--\(flag.name): not available yet (\(feature)), got '\(on)'")
    for value in off { _ = try plan(["--model", "m", "--\(flag.name)=\(value)"]) }
  }

  @Test func theManualNamesEveryFlagInItsPlace() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let manual = try String(contentsOf: root.appending(path: "docs/flags.md"), encoding: .utf8)
    let sections = manual.components(separatedBy: "\n## ")
    func section(_ title: String) throws -> String {
      try #require(sections.first { $0.hasPrefix(title) }, "no section '\(title)'")
    }
    let honoured = try section("Honoured")
    let accepted = try section("Accepted")
    let later = try section("Not available yet")
    for flag in FlagTable.all.flags + FlagTable.families {
      let place =
        switch flag.disposition {
        case .honoured: honoured
        case .fileOnly: try section("Configuration files")
        case .accepted: accepted
        case .notYet: later
        }
      let mark =
        if flag.disposition == .fileOnly {
          "`\(flag.name)`"
        } else {
          flag.name.hasSuffix("-") ? "`--\(flag.name)*`" : "`--\(flag.name)`"
        }
      #expect(place.contains(mark), "\(flag.name)")
      for alias in flag.aliases { #expect(place.contains("`\(alias)`"), "\(alias)") }
    }
  }
}
