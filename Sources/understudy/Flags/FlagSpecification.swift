/// One flag the command line and the configuration files know: its spelling, its shape and what becomes of it.
struct FlagSpecification: Sendable {
  /// The canonical name, with hyphens and without leading dashes.
  let name: String
  let kind: FlagKind
  let disposition: FlagDisposition
  /// Other spellings, dashes included: `-tp`, `--device-memory-utilization`.
  let aliases: [String]
  /// Where the value goes; nil unless the flag is obeyed.
  let binding: FlagBinding?

  init(
    _ name: String, _ kind: FlagKind, _ disposition: FlagDisposition, aliases: [String] = [],
    binding: FlagBinding? = nil
  ) {
    self.name = name
    self.kind = kind
    self.disposition = disposition
    self.aliases = aliases
    self.binding = binding
  }

  /// A flag about one model.
  static func model<Value: FlagValue>(
    _ name: String, set: @escaping FlagBinding.Setter<Value>
  ) -> FlagSpecification {
    FlagSpecification(name, Value.kind, .honoured(.model), binding: FlagBinding(set))
  }

  /// A key of an entry of `models` that is no flag.
  static func entryKey<Value: FlagValue>(
    _ name: String, set: @escaping FlagBinding.Setter<Value>
  ) -> FlagSpecification {
    FlagSpecification(name, Value.kind, .fileOnly, binding: FlagBinding(set))
  }

  /// A flag about the whole server.
  static func server<Value: FlagValue>(
    _ name: String, aliases: String..., set: @escaping FlagBinding.Setter<Value>
  ) -> FlagSpecification {
    FlagSpecification(name, Value.kind, .honoured(.server), aliases: aliases, binding: FlagBinding(set))
  }

  /// A flag that changes nothing a client of a stand-in could see.
  static func accepted(
    _ name: String, _ kind: FlagKind = .text, _ aliases: String..., note: String? = nil
  ) -> FlagSpecification {
    FlagSpecification(name, kind, .accepted(note: note), aliases: aliases)
  }

  /// A flag whose feature comes later; only the values in `off`, which leave it off, pass.
  static func notYet(
    _ name: String, _ kind: FlagKind, _ feature: String, off: [String], aliases: [String] = []
  ) -> FlagSpecification {
    FlagSpecification(name, kind, .notYet(feature: feature, off: off), aliases: aliases)
  }
}

/// What becomes of a flag.
enum FlagDisposition: Sendable, Equatable {
  case honoured(FlagScope)
  /// Only a key of configuration files, in an entry of `models`.
  case fileOnly
  /// Noted at debug level, without effect.
  case accepted(note: String?)
  /// Refused unless the value is one of `off`.
  case notYet(feature: String, off: [String])
}

/// Whether a flag is about one model or about the whole server.
enum FlagScope: Sendable, Equatable {
  case model
  case server
}
