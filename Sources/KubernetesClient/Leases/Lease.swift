internal import JSON

/// Who leads, as a Lease says it (coordination.k8s.io/v1, LeaseSpec).
public struct LeaseRecord: Hashable, Sendable {
  /// Who holds it; empty: nobody.
  public var holder: String
  /// For how long it is valid after each renewal.
  public var seconds: Int
  /// When its holder got it, as text; nil: not said.
  public var acquired: String?
  /// When it was renewed last, as text; nil: not said.
  public var renewed: String?
  /// How often the holder has changed.
  public var transitions: Int

  /// A lease of `holder`.
  public init(holder: String, seconds: Int, acquired: String? = nil, renewed: String? = nil, transitions: Int = 0) {
    self.holder = holder
    self.seconds = seconds
    self.acquired = acquired
    self.renewed = renewed
    self.transitions = transitions
  }
}

/// A Lease as the server has it.
public struct Lease: Hashable, Sendable {
  /// What it says.
  public var record: LeaseRecord
  /// Its `metadata` as JSON, with the resource version that an update must repeat; sent back as it was.
  public var metadata: [UInt8]

  /// The lease `record`.
  public init(record: LeaseRecord, metadata: [UInt8]) {
    self.record = record
    self.metadata = metadata
  }

  /// Reads a Lease object.
  init(_ bytes: [UInt8], parser: JSONParser) throws(RequestFailure) {
    guard let document = try? parser.parse(bytes) else {
      throw .malformed("the Lease is not JSON: \(Excerpt.text(bytes))")
    }
    let lease: Lease? = document.withRoot { root in
      guard let metadata = root.member("metadata"), metadata.member("resourceVersion")?.string != nil else {
        return nil
      }
      var kept: [UInt8] = []
      metadata.serialize(into: &kept)
      let spec = root.member("spec")
      func number(_ name: StaticString) -> Int { min(max(spec?.member(name)?.integer?.small ?? 0, 0), 1 << 31) }
      return Lease(
        record: LeaseRecord(
          holder: spec?.member("holderIdentity")?.string ?? "", seconds: number("leaseDurationSeconds"),
          acquired: spec?.member("acquireTime")?.string, renewed: spec?.member("renewTime")?.string,
          transitions: number("leaseTransitions")),
        metadata: kept)
    }
    guard let lease else { throw .malformed("the Lease has no metadata.resourceVersion: \(Excerpt.text(bytes))") }
    self = lease
  }

  /// The `metadata` of a lease that is not there yet.
  static func newMetadata(name: String, namespace: String) -> [UInt8] {
    var json: [UInt8] = []
    json.appendRaw(#"{"name":"#)
    json.appendJSON(name)
    json.appendRaw(#","namespace":"#)
    json.appendJSON(namespace)
    json.appendRaw("}")
    return json
  }

  /// The object as JSON.
  var json: [UInt8] {
    var json: [UInt8] = []
    json.appendRaw(#"{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":"#)
    json += metadata
    json.appendRaw(#","spec":{"holderIdentity":"#)
    json.appendJSON(record.holder)
    json.appendRaw(#","leaseDurationSeconds":"#)
    json.appendJSON(record.seconds)
    json.appendRaw(#","leaseTransitions":"#)
    json.appendJSON(record.transitions)
    if let acquired = record.acquired {
      json.appendRaw(#","acquireTime":"#)
      json.appendJSON(acquired)
    }
    if let renewed = record.renewed {
      json.appendRaw(#","renewTime":"#)
      json.appendJSON(renewed)
    }
    json.appendRaw("}}")
    return json
  }
}
