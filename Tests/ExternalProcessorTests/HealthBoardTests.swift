import Testing

@testable import ExternalProcessor

@Suite struct HealthBoardTests {
  @Test func servicesAndOthers() {
    let board = HealthBoard()
    #expect(board.status(of: "readiness") == nil)
    board.set(.notServing, for: HealthBoard.pickerServices)
    #expect(board.status(of: "") == .notServing)
    #expect(board.status(of: "inference-extension") == .notServing)
    #expect(board.status(of: "anything") == nil)
    board.setOthers(.serving)
    #expect(board.status(of: "anything") == .serving)
    #expect(board.status(of: "") == .notServing)
    board.set(.serving, for: ["", "liveness"])
    #expect(board.status(of: "") == .serving)
    #expect(board.all.count == 4)
    board.setOthers(nil)
    #expect(board.status(of: "anything") == nil)
  }

  @Test func watchersSeeChanges() async {
    let board = HealthBoard()
    var changes = board.watch("a").makeAsyncIterator()
    #expect(await changes.next() == .some(nil))
    board.set(.notServing, for: ["b"])
    board.set(.notServing, for: ["a"])
    #expect(await changes.next() == .some(.notServing))
    board.set(.notServing, for: ["a"])
    board.set(.serving, for: ["a"])
    #expect(await changes.next() == .some(.serving))
  }
}
