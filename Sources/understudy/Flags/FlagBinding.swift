/// Where the value of an honoured flag goes.
struct FlagBinding: Sendable {
  /// Stores a value, or nil for "not given".
  ///
  /// A closure and no key path: storing through a key path reads the property first, and ArgumentParser's wrappers
  /// end the process when they are read before they have a value.
  typealias Setter<Value> = @Sendable (_ options: inout ServeOptions, _ value: Value?) -> Void

  /// Stores the value of well-formed words.
  let assign: @Sendable (_ words: [String], _ options: inout ServeOptions) -> Void
  /// Says that the flag is not given.
  let clear: @Sendable (_ options: inout ServeOptions) -> Void

  init<Value: FlagValue>(_ set: @escaping Setter<Value>) {
    assign = { words, options in set(&options, Value(words: words)) }
    clear = { options in set(&options, nil) }
  }
}
