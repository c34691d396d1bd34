/// What matters to the requests that name it (InferenceObjective v1alpha2).
public struct InferenceObjective: Hashable, Sendable {
  /// Name, namespace and age.
  public var metadata: ObjectMetadata
  /// The pool for whose requests it counts.
  public var poolRef: PoolReference
  /// Higher goes first; negative may be shed.
  public var priority: Int

  /// The objective of requests to `poolRef`; unset priorities are 0.
  public init(metadata: ObjectMetadata, poolRef: PoolReference, priority: Int = 0) {
    self.metadata = metadata
    self.poolRef = poolRef
    self.priority = priority
  }

  /// Names it among all that refer to pools.
  public var id: ResourceID { ResourceID(kind: .inferenceObjective, name: metadata.name) }
  /// The pool that it refers to.
  public var pool: PoolID { poolRef.pool(in: metadata.name.namespace) }
}
