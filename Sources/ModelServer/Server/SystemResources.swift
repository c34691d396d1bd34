internal import Glibc

/// What the machine offers.
enum SystemResources {
  /// Processors that are online.
  static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
