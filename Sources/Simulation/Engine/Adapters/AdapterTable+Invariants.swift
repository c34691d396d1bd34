extension AdapterTable {
  /// What is wrong with the table; empty when all is well.
  func checkInvariants() -> [String] {
    var violations: [String] = []
    if slots.count > maxLoras { violations.append("\(slots.count) LoRA slots of \(maxLoras)") }
    for (slot, index) in slots.enumerated() {
      if let index, adapters[index].residence != .slot(slot) { violations.append("LoRA slot \(slot) is not its own") }
    }
    for (index, adapter) in adapters.enumerated() {
      if case .slot(let slot) = adapter.residence, slots[slot] != index {
        violations.append("adapter \(index) is not in its slot")
      }
    }
    let inHost = adapters.count(where: \.isInHostMemory)
    if inHost != hostCount || inHost > maxCPULoras {
      violations.append("\(inHost) adapters in host memory, \(hostCount) counted, \(maxCPULoras) allowed")
    }
    return violations
  }
}
