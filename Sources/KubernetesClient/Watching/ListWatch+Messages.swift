public import EndpointPicking

/// What a `ListWatch` is told, and what it says.
extension ListWatch {
  /// An object as the server has it.
  public struct Item: Sendable {
    /// Which one.
    public var name: NamespacedName
    /// Its resource version.
    public var version: String
    /// What it is; nil when it cannot be understood, which leaves what was known of it in force.
    public var object: Object?

    /// The object `name` at `version`.
    public init(name: NamespacedName, version: String, object: Object?) {
      self.name = name
      self.version = version
      self.object = object
    }
  }

  /// One page of a list.
  public struct Page: Sendable {
    /// The objects of this page that have a name.
    public var items: [Item]
    /// The list's resource version, not empty.
    public var version: String
    /// What to ask for the next page with; nil: this is the last one.
    public var next: String?

    /// A page of the list at `version`.
    public init(items: [Item], version: String, next: String? = nil) {
      self.items = items
      self.version = version
      self.next = next
    }
  }

  /// What a watch tells.
  public enum Event: Sendable {
    /// ADDED or MODIFIED.
    case set(Item)
    /// DELETED, with the resource version of the deletion.
    case removed(NamespacedName, version: String)
    /// BOOKMARK: everything up to this version has been told.
    case bookmark(version: String)
    /// ERROR.
    case error(RequestFailure)
  }

  /// What to ask the server for; replaces what was asked before.
  public enum Request: Hashable, Sendable {
    /// A list, or a page of one: at most `limit` objects (nil: all), after `next` (nil: from the first).
    case list(limit: Int?, next: String?)
    /// What happens after `version`, with bookmarks, for that many seconds.
    case watch(version: String, seconds: Int)
  }

  /// What is to be done, in order.
  public enum Action: Sendable {
    /// Forget the request that is under way and send this one.
    case send(Request)
    /// Forget the request that is under way.
    case cancel
    /// The object is there, or has changed.
    case set(NamespacedName, Object)
    /// The object that was set is gone.
    case remove(NamespacedName)
    /// The first list is complete.
    case synced
    /// The server did not accept who we are: read the token again.
    case reloadCredential
    /// Changes are not seen from now on; told once for failures of a kind.
    case lost(RequestFailure)
    /// They are again.
    case found
  }
}
