/// One flag of the endpoint picker's command line.
struct PickerFlag: Sendable {
  /// Without dashes.
  let name: String
  let shape: Shape
  let effect: Effect

  /// Which words a flag takes.
  enum Shape: Sendable {
    /// `--x` or `--x=false`; off unless given.
    case toggle
    /// As `toggle`, but on or off is told apart from "not given".
    case boolean
    /// One word; the last one counts.
    case text
    /// Go's durations; the last one counts.
    case duration
    /// One word, each time that it is given.
    case list
  }

  /// What becomes of a flag.
  enum Effect: Sendable, Equatable {
    case obeyed
    /// Nothing, and why that does no harm.
    case none(String)
    /// Nothing, although its author counts on the protection that it gives; what there is instead.
    case unprotected(String)
  }

  /// A flag that is obeyed.
  init(_ name: String, _ shape: Shape, _ effect: Effect = .obeyed) {
    self.name = name
    self.shape = shape
    self.effect = effect
  }
}
