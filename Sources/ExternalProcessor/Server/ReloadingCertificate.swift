internal import Files
internal import NIOCertificateReloading
internal import NIOSSL
internal import Synchronization

/// A certificate chain and key in files that may change while the server runs.
///
/// Looks at the files when a connection comes, at most once a second, so that nothing has to run in between.
final class ReloadingCertificate: CertificateReloader {
  private struct State {
    var identity: CertificatePair
    var stamps: [FileStamp?]
    var checkedAt: Int64
  }

  private let certificatePath: String
  private let keyPath: String
  private let interval: Int64
  private let state: Mutex<State>

  /// Reads both files.
  ///
  /// - Throws: `ExternalProcessorError.certificate`.
  init(certificate: String, key: String, interval: Int64 = 1_000_000_000) throws(ExternalProcessorError) {
    certificatePath = certificate
    keyPath = key
    self.interval = interval
    let stamps = [FileStamp(certificate), FileStamp(key)]
    state = Mutex(
      State(
        identity: try CertificatePair(certificateFile: certificate, keyFile: key), stamps: stamps,
        checkedAt: MonotonicTime.now))
  }

  var sslContextConfigurationOverride: NIOSSLContextConfigurationOverride {
    let identity = state.withLock { state in
      let now = MonotonicTime.now
      guard now - state.checkedAt >= interval else { return state.identity }
      state.checkedAt = now
      let stamps = [FileStamp(certificatePath), FileStamp(keyPath)]
      guard stamps != state.stamps else { return state.identity }
      do throws(ExternalProcessorError) {
        state.identity = try CertificatePair(certificateFile: certificatePath, keyFile: keyPath)
        state.stamps = stamps
      } catch {
        // One of the two may be written yet: the next connection looks again.
      }
      return state.identity
    }
    var override = NIOSSLContextConfigurationOverride.noChanges
    override.certificateChain = identity.chain
    override.privateKey = identity.key
    return override
  }
}
