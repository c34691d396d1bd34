import HTTPServer
import Testing

@testable import Fleet

/// What is made of a request before it is sent.
@Suite struct RemoteMessageTests {
  @Test(arguments: [
    ("h", "/v1/models", "http://h:80/v1/models"), ("::1", "/", "http://[::1]:80/"),
    ("h", "/a b/é?x=%20&y=ü z", "http://h:80/a%20b/%C3%A9?x=%20&y=%C3%BC%20z"),
    ("h", "/100%/#x?q?r#s", "http://h:80/100%25/%23x?q?r%23s"), ("h", "/\u{0}\r\n\"", "http://h:80/%00%0D%0A%22"),
  ])
  func urls(_ host: String, _ path: String, _ url: String) {
    #expect(RemoteAddress(host: host, port: 80).url(path) == url)
  }

  @Test func secureURLs() {
    #expect(RemoteAddress(host: "h", port: 443, isSecure: true).url("/a") == "https://h:443/a")
  }

  @Test func headersOfOneConnectionAreLeftOut() {
    let headers = [
      HTTPHeader("HOST", "h"), HTTPHeader("Connection", "close , X-One"), HTTPHeader("connection", "\tx-two"),
      HTTPHeader("x-one", "1"), HTTPHeader("X-Two", "2"), HTTPHeader("X-Three", "3"), HTTPHeader("te", "trailers"),
      HTTPHeader("Trailer", "t"), HTTPHeader("Keep-Alive", "5"), HTTPHeader("Transfer-Encoding", "chunked"),
      HTTPHeader("Upgrade", "h2c"), HTTPHeader("Proxy-Anything", "x"), HTTPHeader("content-length", "1"),
      HTTPHeader("Expect", "100-continue"), HTTPHeader("Content-Type", "a"), HTTPHeader("X-Three", "4"),
    ]
    #expect(
      headers.endToEnd() == [HTTPHeader("X-Three", "3"), HTTPHeader("Content-Type", "a"), HTTPHeader("X-Three", "4")])
    #expect(headers.first("x-three") == "3")
    #expect(headers.first("x-four") == nil)
  }
}
