internal import Kubernetes

/// What a look at the files changed.
struct ClusterReport: Sendable {
  /// What was not wrong before: texts with errors, unreadable files, and objects that another file has. Texts with errors
  /// leave their file's objects as they were.
  var errors: [ManifestError] = []
  /// What was not doubtful before.
  var warnings: [ManifestError] = []
  /// Objects of new texts whose kinds have no use here.
  var skipped: [ManifestError] = []
  /// Objects that came, went, or say something else now, by kind and name.
  var changes: [ObjectChange] = []
}

extension ClusterStore {
  /// Takes over what the files say. `sources` are all that are there now, in any order; of two with one name the first
  /// counts.
  ///
  /// A text with errors changes nothing, also not about what was applied and deleted, and neither does a file that cannot
  /// be read. New objects without `creationTimestamp` are created at `seconds` since 1970. A file that is as it was costs
  /// one comparison of its text.
  mutating func update(_ sources: [SourceFile], at seconds: Int64) -> ClusterReport {
    let formerErrors = Set(errors.map(\.withoutLine))
    let formerWarnings = Set(warnings.map(\.withoutLine))
    var report = ClusterReport()
    var changed: Set<String> = []
    var names: Set<String> = []
    var isNews = false
    for source in sources where names.insert(source.name).inserted {
      guard files[source.name]?.content != source.content else { continue }
      isNews = true
      if take(source) {
        changed.insert(source.name)
        report.skipped += files[source.name]?.skipped ?? []
      }
    }
    for name in files.keys where !names.contains(name) {
      files[name] = nil
      changed.insert(name)
      isNews = true
    }
    guard isNews else { return report }
    report.changes = settle(changed: changed, at: seconds)
    report.errors = errors.filter { !formerErrors.contains($0.withoutLine) }
    report.warnings = warnings.filter { !formerWarnings.contains($0.withoutLine) }
    return report
  }

  /// Takes a file's new content; whether its objects count anew.
  private mutating func take(_ source: SourceFile) -> Bool {
    var file = files[source.name] ?? File(content: source.content)
    defer { files[source.name] = file }
    file.content = source.content
    file.errors = []
    guard case .text(let text) = source.content else {
      if case .unreadable(let reason) = source.content {
        file.errors = [ManifestError(file: source.name, line: 1, reason: reason)]
      }
      return false
    }
    // Back from a bad edit.
    if text == file.validText { return false }
    let read = SourceText(text, file: source.name)
    let errors = checked(read.file).errors
    guard errors.isEmpty else {
      file.errors = errors
      return false
    }
    file.validText = text
    file.objects = StoredObject.list(read)
    file.warnings = read.file.warnings
    file.skipped = read.skipped
    return true
  }
}

extension SourceText {
  /// The objects whose kinds have no use here, with a line about each.
  var skipped: [ManifestError] {
    file.objects.compactMap { object in
      guard case .skipped(let kind, let apiVersion, let name, let line) = object.resource else { return nil }
      return ManifestError(
        file: file.name, line: line, object: name.isEmpty ? kind : "\(kind) \(name)",
        reason: "skipped: no use for \(kind) of \(apiVersion)")
    }
  }
}

extension ManifestError {
  /// The same wherever the object stands: an edit above it makes it no news.
  fileprivate var withoutLine: ManifestError {
    var error = self
    error.line = 0
    return error
  }
}
