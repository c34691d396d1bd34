public import EndpointPicking

/// A pool to watch.
public enum PoolTarget: Hashable, Sendable {
  /// The InferencePool of that group, namespace and name.
  case named(PoolID)
  /// No object of the API server, but these labels and ports (`--endpoint-selector`, `--endpoint-target-ports`).
  case given(InferencePool)

  /// Which pool it is.
  public var id: PoolID {
    switch self {
    case .named(let id): id
    case .given(let pool): pool.id
    }
  }
}

/// What a `PoolWatch` tells.
public enum PoolWatchEvent: Hashable, Sendable {
  /// The pod is there, or has changed, and at least one pool selects it.
  case podSet(Pod)
  /// No pool selects the pod any more.
  case podRemoved(NamespacedName)
  /// The pool is there, or has changed.
  case poolSet(InferencePool)
  /// The pool is gone; its pods were removed before.
  case poolRemoved(PoolID)
  /// The objective is there, or has changed.
  case objectiveSet(InferenceObjective)
  /// The objective is gone.
  case objectiveRemoved(NamespacedName)
  /// The rewrite is there, or has changed.
  case rewriteSet(InferenceModelRewrite)
  /// The rewrite is gone.
  case rewriteRemoved(NamespacedName)
  /// The model is there, or has changed.
  case modelSet(InferenceModel)
  /// The model is gone.
  case modelRemoved(NamespacedName)
  /// Everything that can be had has been listed once: pools, their pods, and the rest as far as it is served and may be
  /// read. A pool may yet be missing. Told once.
  case synced
  /// The API server has these objects.
  case served(APIResource)
  /// It does not, for now; looked for again.
  case notServed(APIResource)
  /// Changes of `what` are not seen from now on, and why; what was told stays in force. Once for failures of a kind.
  case lost(what: String, RequestFailure)
  /// Changes of `what` are seen again.
  case found(what: String)
  /// An object is refused or doubtful; once for each version of it.
  case problem(ObjectProblem)
}
