import Simulation
import Testing

@testable import HTTPServer

@Suite struct TimerQueueTests {
  @Test func timersFireInOrderAndOnlyWhenDue() {
    var queue = TimerQueue()
    let timers = (0..<5).map { _ in LoopTimer {} }
    for (index, deadline) in [50, 10, 40, 20, 30].enumerated() { queue.set(timers[index], to: Int64(deadline)) }
    var fired: [Int] = []
    for now in stride(from: Int64(0), through: 60, by: 10) {
      while let timer = queue.popDue(at: now) { fired.append(timers.firstIndex { $0 === timer }!) }
    }
    #expect(fired == [1, 3, 4, 2, 0])
  }

  @Test func aMovedTimerFiresOnceAtItsLastDeadline() {
    var queue = TimerQueue()
    let timer = LoopTimer {}
    queue.set(timer, to: 10)
    queue.set(timer, to: 30)
    queue.set(timer, to: 5)
    queue.set(timer, to: 20)
    #expect(queue.popDue(at: 19) == nil)
    #expect(queue.popDue(at: 20) === timer)
    #expect(queue.popDue(at: 100) == nil)
  }

  @Test func aDisarmedTimerStaysSilent() {
    var queue = TimerQueue()
    let timer = LoopTimer {}
    queue.set(timer, to: 10)
    queue.set(timer, to: nil)
    #expect(queue.popDue(at: 1_000) == nil)
  }

  @Test(arguments: 0..<20) func randomMovesAgreeWithASimpleModel(seed: Int) {
    var generator = SplitMix64(seed: UInt64(seed))
    var queue = TimerQueue()
    let timers = (0..<8).map { _ in LoopTimer {} }
    var model = [Int64?](repeating: nil, count: timers.count)
    var now: Int64 = 0
    for _ in 0..<2_000 {
      let index = Int.random(in: 0..<timers.count, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0:
        queue.set(timers[index], to: nil)
        model[index] = nil
      case 1, 2:
        let deadline = now + Int64.random(in: 0...20, using: &generator)
        queue.set(timers[index], to: deadline)
        model[index] = deadline
      default:
        now += Int64.random(in: 0...10, using: &generator)
        var fired: Set<Int> = []
        while let timer = queue.popDue(at: now) { fired.insert(timers.firstIndex { $0 === timer }!) }
        let expected = Set(model.indices.filter { model[$0].map { $0 <= now } ?? false })
        #expect(fired == expected)
        for index in expected { model[index] = nil }
      }
    }
  }
}
