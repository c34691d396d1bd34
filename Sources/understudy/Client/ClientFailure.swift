/// Why a client command cannot do what it was asked to: kubectl's text without its `error: `.
struct ClientFailure: Error, Equatable {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
