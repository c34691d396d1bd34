import ArgumentParser
import Simulation

/// A span whose plain numbers are milliseconds: every delay.
struct Milliseconds: Equatable, Sendable, ExpressibleByArgument {
  let span: Nanoseconds

  init?(argument: String) {
    guard let span = DurationText.parse(argument, plain: .milliseconds(1)) else { return nil }
    self.span = span
  }
}

/// A span whose plain numbers are seconds, as vLLM's timeouts are.
struct Seconds: Equatable, Sendable, ExpressibleByArgument {
  let span: Nanoseconds

  init?(argument: String) {
    guard let span = DurationText.parse(argument, plain: .seconds(1)) else { return nil }
    self.span = span
  }
}
