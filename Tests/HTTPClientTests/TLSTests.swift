import Glibc
import HTTPClient
import HTTPServer
import TestSupport
import Testing

/// Whom a client trusts and what it shows.
@Suite struct TLSTests {
  private func memory(_ text: String) throws -> PEMSource { .memory(try #require(MemoryFile(Array(text.utf8)))) }

  private func answer(_ url: String, _ tls: ClientTLS) async throws -> Answer {
    let client = try await ClientFixture { $0.tls = tls }
    return await client.answer(to: ClientRequest(url: url))
  }

  @Test func onlyTheGivenAuthorityIsTrusted() async throws {
    let identity = try TLSIdentity.selfSigned(hostName: nil)
    let server = try TestServer(tls: identity)
    let url = server.tlsURL + "/steps"
    let trusted = try await answer(url, ClientTLS(authorities: try memory(identity.certificate)))
    #expect(trusted.pieces == ["<3>", "<2>", "<1>"])
    let other = try TLSIdentity.selfSigned(hostName: nil)
    let refused = try await answer(url, ClientTLS(authorities: try memory(other.certificate)))
    #expect(refused.error?.kind == "cannotConnect")
    #expect(refused.heads.isEmpty)
  }

  @Test func authoritiesInAFileThatIsReplaced() async throws {
    let identity = try TLSIdentity.selfSigned(hostName: nil)
    let server = try TestServer(tls: identity)
    let folder = try TemporaryFolder()
    try folder.write("authorities", "not a certificate")
    let client = try await ClientFixture { $0.tls = ClientTLS(authorities: .file(folder.file("authorities"))) }
    let request = ClientRequest(url: server.tlsURL + "/empty")
    #expect(await client.answer(to: request).error?.kind == "cannotConnect")
    try folder.write("authorities", identity.certificate)
    #expect(await client.answer(to: request).status == 204)
  }

  @Test func aClientShowsItsCertificate() async throws {
    let identity = try TLSIdentity.selfSigned(hostName: nil)
    let server = TLSServer(identity)
    let own = try TLSIdentity.selfSigned(hostName: "client")
    var tls = ClientTLS(authorities: try memory(identity.certificate))
    #expect(try await answer(server.url, tls).text == "0 certificates, sum 0")
    tls.identity = .init(certificate: try memory(own.certificate), key: try memory(own.key))
    #expect(try await answer(server.url, tls).text == TLSServer.answer(to: own))
    tls.identity = .init(certificate: try memory(own.certificate), key: try memory("no key"))
    #expect(try await answer(server.url, tls).error?.kind == "cannotConnect")
  }

  @Test func aMissingFileKeepsFromConnecting() async throws {
    let server = try TestServer(tls: .selfSigned(hostName: nil))
    let answer = try await answer(server.tlsURL, ClientTLS(authorities: .file("/nowhere/ca.crt")))
    #expect(answer.error?.kind == "cannotConnect")
  }

  @Test func keepAliveChangesNothingForTheLiving() async throws {
    let server = try TestServer()
    let client = try await ClientFixture { $0.keepAliveInterval = 1_000_000_000 }
    #expect(await client.answer(to: ClientRequest(url: server.url + "/steps")).text == "<3><2><1>")
  }
}
