/// How a weighted choice is made.
public enum SplitMode: String, Hashable, Sendable {
  /// Every choice is drawn on its own, as GIE does: shares come out right only in the long run.
  case random
  /// Choices follow each other so that, after any number of them, each target was taken its exact share of times,
  /// rounded up or down.
  case smooth
}
