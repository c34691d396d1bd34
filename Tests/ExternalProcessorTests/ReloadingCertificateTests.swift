import Foundation
import HTTPServer
import Testing

@testable import ExternalProcessor

@Suite struct ReloadingCertificateTests {
  @Test func changedFilesCountForTheNextConnection() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "certificate-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (certificate, key) = (folder.appending(path: "tls.crt"), folder.appending(path: "tls.key"))
    func write(_ identity: TLSIdentity, certificateToo: Bool = true) throws {
      if certificateToo { try Data(identity.certificate.utf8).write(to: certificate, options: .atomic) }
      try Data(identity.key.utf8).write(to: key, options: .atomic)
    }

    let old = try TLSIdentity.selfSigned(hostName: "old")
    try write(old)
    let files = try ReloadingCertificate(certificate: certificate.path, key: key.path, interval: 0)
    let first = files.sslContextConfigurationOverride.certificateChain
    #expect(first?.count == 1)
    #expect(files.sslContextConfigurationOverride.certificateChain == first)

    let new = try TLSIdentity.selfSigned(hostName: "new")
    // A key alone does not fit: the old pair stays.
    try write(new, certificateToo: false)
    #expect(files.sslContextConfigurationOverride.certificateChain == first)
    try write(new)
    let second = files.sslContextConfigurationOverride.certificateChain
    #expect(second != first)
    try FileManager.default.removeItem(at: certificate)
    #expect(files.sslContextConfigurationOverride.certificateChain == second)
  }

  @Test func unreadableFilesAreNamed() throws {
    let error = #expect(throws: ExternalProcessorError.self) {
      _ = try ReloadingCertificate(certificate: "/nowhere/tls.crt", key: "/nowhere/tls.key")
    }
    #expect(error?.description.contains("/nowhere/tls.crt") == true)
  }
}
