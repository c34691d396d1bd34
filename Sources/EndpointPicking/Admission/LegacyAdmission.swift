/// Admission without flow control: only requests of negative priority are refused, while the pool is saturated
/// (GIE v1.5).
public enum LegacyAdmission {
  /// Lets a request of `priority` pass.
  ///
  /// - Parameter saturation: the pool's; evaluated for requests that may be shed only.
  /// - Throws: code `ResourceExhausted` (429) when the request is shed.
  public static func admit(priority: Int, saturation: @autoclosure () -> Double) throws(InferenceError) {
    if priority < 0, saturation() >= 1 { throw .shed }
  }
}
