internal import HTTPClient
internal import YAML

/// The entries of one or several kubeconfig files.
struct Kubeconfig {
  /// The three lists of named entries.
  enum List: String {
    case clusters, contexts, users

    /// Under what an entry keeps its fields.
    var key: String { String(rawValue.dropLast()) }
  }

  private struct File {
    let path: String
    let root: YAMLNode
  }

  private let files: [File]
  /// The first file's that has one.
  let currentContext: String?

  init(paths: [String]) throws(ConfigurationProblem) {
    var files: [File] = []
    for path in paths {
      guard let text = String(validating: try SmallFile.bytes(path), as: UTF8.self) else {
        throw ConfigurationProblem("\(path): not UTF-8")
      }
      do throws(YAMLError) {
        guard let root = try YAMLNode(yaml: text) else { continue }
        guard case .mapping = root.value else {
          throw YAMLError("expected a kubeconfig, got \(root.kindName)", line: root.line)
        }
        files.append(File(path: path, root: root))
      } catch {
        throw ConfigurationProblem("\(path):\(error.line): \(error.message)")
      }
    }
    self.files = files
    currentContext = files.lazy.compactMap { $0.root["current-context"]?.text }.first { !$0.isEmpty }
  }

  /// The entry `name` of a list; an entry without fields is an empty one.
  func entry(_ list: List, _ name: String) throws(ConfigurationProblem) -> KubeconfigEntry {
    var names: [String] = []
    for file in files {
      guard let node = file.root[list.rawValue], case .sequence(let items) = node.value else { continue }
      for item in items {
        guard let found = item["name"]?.text else { continue }
        names.append(found)
        guard found == name else { continue }
        return KubeconfigEntry(
          title: "\(list.key) '\(name)'", file: file.path,
          node: item[list.key] ?? YAMLNode(line: item.line, value: .null)
        )
      }
    }
    let known = names.isEmpty ? "there are none" : "there are \(names.joined(separator: ", "))"
    throw ConfigurationProblem("\(files.map(\.path).joined(separator: ":")): no \(list.key) '\(name)'; \(known)")
  }
}

/// A cluster, context or user of a kubeconfig.
struct KubeconfigEntry {
  let title: String
  let file: String
  let node: YAMLNode

  func problem(_ key: String, _ reason: String) -> ConfigurationProblem {
    ConfigurationProblem("\(file):\(node[key]?.line ?? node.line): \(title): \(key): \(reason)")
  }

  /// A field's text; nil when absent or empty, which is the same in Go.
  func string(_ key: String) throws(ConfigurationProblem) -> String? {
    guard let value = node[key], value.value != .null else { return nil }
    guard let text = value.text else { throw problem(key, "expected a string, got \(value.kindName)") }
    return text.isEmpty ? nil : text
  }

  func required(_ key: String) throws(ConfigurationProblem) -> String {
    guard let text = try string(key) else { throw problem(key, "required") }
    return text
  }

  func boolean(_ key: String) throws(ConfigurationProblem) -> Bool? {
    switch node[key]?.value {
    case nil, .null: nil
    case .bool(let value): value
    default: throw problem(key, "expected true or false")
    }
  }

  /// A file's path; a relative one starts at the kubeconfig's folder.
  func path(_ key: String) throws(ConfigurationProblem) -> String? {
    guard let text = try string(key) else { return nil }
    guard !text.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return text }
    return file[...slash] + text
  }

  /// What `key-data` holds in Base64, else what the file of `key` does.
  func pem(_ key: String) throws(ConfigurationProblem) -> PEMSource? {
    let inline = "\(key)-data"
    if let text = try string(inline) {
      guard let bytes = Base64Text.decode(text) else { throw problem(inline, "not Base64") }
      guard let file = MemoryFile(bytes) else { throw problem(inline, "the system has no memory or descriptor left") }
      return .memory(file)
    }
    guard let path = try path(key) else { return nil }
    guard SmallFile.isReadable(path) else { throw problem(key, "cannot read \(path)") }
    return .file(path)
  }

  /// Throws when the field is there.
  func refuse(_ key: String, _ reason: String) throws(ConfigurationProblem) {
    guard let value = node[key], value.value != .null, value.text != "" else { return }
    throw problem(key, reason)
  }
}
