/// `header-profile-handler` (llm-d-router): runs the profile that header `EPP-Profile` names, `decode` without it.
struct HeaderProfileHandler: ProfileHandler {
  /// In lower case.
  var header = "epp-profile"
  var defaultProfile = "decode"
  /// All profiles.
  var names: [String]

  func step(_ runs: ProfileRuns, _ context: PickContext) -> ProfileStep {
    let name = requested(context)
    guard let profile = names.firstIndex(of: name) else { return .fail(.unknownProfile(name)) }
    switch runs[profile] {
    case nil: return .run(profile)
    case .chosen(let targets): return .finish(ProfileConclusion(profile: profile, targets: targets))
    case .emptied(let filter): return .fail(.allFiltered(profile: name, filter: filter))
    }
  }

  func primaryProfile(_ runs: ProfileRuns, _ context: PickContext) -> Int {
    names.firstIndex(of: requested(context)) ?? 0
  }

  private func requested(_ context: PickContext) -> String {
    guard let name = context.request.headers[header], !name.isEmpty else { return defaultProfile }
    return name
  }
}
