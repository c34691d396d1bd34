/// Why a value is refused, without saying whose value it is.
struct Complaint: Error, Equatable {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
