internal import CJSONC

/// Owns a parsed document and frees it when it goes out of scope.
public struct JSONDocument: ~Copyable {
  /// nil stands for a document that is just `null`, as in json-c.
  @usableFromInline let object: OpaquePointer?

  /// A tree in transit between two owners.
  struct Owned {
    let object: OpaquePointer?
  }

  /// Takes over json-c's reference.
  init(owning object: OpaquePointer?) {
    self.object = object
  }

  deinit {
    // Recursion in json-c's free is bounded by the depth limit of the parser.
    json_object_put(object)
  }

  /// Gives up the tree without freeing it.
  consuming func release() -> Owned {
    let owned = Owned(object: object)
    discard self
    return owned
  }

  /// Lends the root to `body`. The value, and every value and key reached from it, is valid only until `body` returns.
  @inlinable
  public borrowing func withRoot<Result, Failure: Error>(
    _ body: (JSONValue) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(JSONValue(object))
  }
}
