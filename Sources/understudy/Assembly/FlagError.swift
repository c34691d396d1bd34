/// A setting that cannot be obeyed, before it is known where it was made.
struct FlagError: Error, Equatable {
  let flag: String
  /// What is wrong, naming the limit.
  let reason: String
  /// The index of the model it is about; nil when it is about the server.
  var model: Int?

  init(_ flag: String, _ reason: String, model: Int? = nil) {
    self.flag = flag
    self.reason = reason
    self.model = model
  }

  init(_ flag: String, _ reason: String, got value: some CustomStringConvertible, model: Int? = nil) {
    self.init(flag, "\(reason), got \(value)", model: model)
  }
}
