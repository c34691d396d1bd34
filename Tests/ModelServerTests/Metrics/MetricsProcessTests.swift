import Glibc
import Simulation
import Testing

@testable import ModelServer

@Suite struct MetricsProcessTests {
  private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

  @Test func readsPlausibleValues() throws {
    var sampler = ProcessSampler()
    let sample = sampler.sample(at: at(0))
    let resident = try #require(sample.residentMemoryBytes)
    let virtual = try #require(sample.virtualMemoryBytes)
    #expect(resident > 1_000_000 && resident < virtual)
    #expect(try #require(sample.cpuSeconds) > 0)
    let age = Double(time(nil)) - (try #require(sample.startTime))
    #expect(age > -2 && age < 3600)
    #expect(try #require(sample.maxFileDescriptors) >= (try #require(sample.openFileDescriptors)))
  }

  @Test func countsOpenFilesAnewAfterATenthOfASecond() throws {
    var sampler = ProcessSampler()
    let before = try #require(sampler.sample(at: at(0)).openFileDescriptors)
    // Other tests of this process open and close a few files meanwhile.
    let opened = (0..<50).map { _ in open("/dev/null", O_RDONLY) }
    defer { for descriptor in opened { close(descriptor) } }
    #expect(try #require(sampler.sample(at: at(99)).openFileDescriptors) == before)
    let after = try #require(sampler.sample(at: at(100)).openFileDescriptors)
    #expect(abs(after - before - 50) < 20)
  }
}
