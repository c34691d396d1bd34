/// What is wrong with a field of an object; the reader adds file and object.
struct FieldError: Error {
  var path: String
  var line: Int
  var reason: String
}
