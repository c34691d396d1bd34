internal import NIOSSL

/// A certificate chain and the key of its first certificate.
struct CertificatePair {
  let chain: [NIOSSLCertificateSource]
  let key: NIOSSLPrivateKeySource

  /// Reads two PEM files.
  ///
  /// - Throws: `ExternalProcessorError.certificate`, which names the file.
  init(certificateFile: String, keyFile: String) throws(ExternalProcessorError) {
    let chain: [NIOSSLCertificate]
    let key: NIOSSLPrivateKey
    do {
      chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
    } catch {
      throw .certificate("cannot read a certificate from \(certificateFile)")
    }
    do {
      key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
    } catch {
      throw .certificate("cannot read a private key from \(keyFile)")
    }
    try self.init(chain, key, from: "\(certificateFile) and \(keyFile)")
  }

  /// Takes PEM text.
  ///
  /// - Throws: `ExternalProcessorError.certificate`.
  init(certificate: String, key: String) throws(ExternalProcessorError) {
    do {
      try self.init(
        try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)),
        try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem), from: "PEM text")
    } catch let error as ExternalProcessorError {
      throw error
    } catch {
      throw .certificate("cannot read a certificate and a private key from PEM text")
    }
  }

  private init(
    _ chain: [NIOSSLCertificate], _ key: NIOSSLPrivateKey, from origin: String
  ) throws(ExternalProcessorError) {
    self.chain = chain.map { .certificate($0) }
    self.key = .privateKey(key)
    // TLS itself would find out with the first connection only.
    do {
      _ = try NIOSSLContext(configuration: .makeServerConfiguration(certificateChain: self.chain, privateKey: self.key))
    } catch {
      throw .certificate("certificate and key do not fit together: \(origin)")
    }
  }
}
