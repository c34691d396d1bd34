/// `single-profile-handler` (GIE v1.5): runs the one profile there is.
struct SingleProfileHandler: ProfileHandler {
  /// The profile's name, for failures.
  var name = "default"

  func step(_ runs: ProfileRuns, _ context: PickContext) -> ProfileStep {
    switch runs[0] {
    case nil: .run(0)
    case .chosen(let targets): .finish(ProfileConclusion(profile: 0, targets: targets))
    case .emptied(let filter): .fail(.allFiltered(profile: name, filter: filter))
    }
  }

  func primaryProfile(_ runs: ProfileRuns, _ context: PickContext) -> Int { 0 }
}
