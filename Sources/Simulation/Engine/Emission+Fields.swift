extension Emission {
  /// The request that it is about.
  var id: RequestID {
    switch self {
    case .scheduled(let id, _), .tokens(let id, _, _), .preempted(let id, _), .finished(let id, _, _): id
    }
  }

  /// When it happened.
  var instant: Instant {
    switch self {
    case .scheduled(_, let at), .tokens(_, _, let at), .preempted(_, let at), .finished(_, _, let at): at
    }
  }
}
