extension SlotScheduler {
  var load: Load {
    var load = Load()
    load.running = running.count
    load.waiting = waiting
    load.usedBlocks = blocks.used
    load.totalBlocks = blocks.total
    if adapters.adapters.count > 1 { describeAdapters(&load) }
    load.waitingForCapacity = waiting - load.deferred
    return load
  }

  private func describeAdapters(_ load: inout Load) {
    let canLoad = adapters.canLoad
    for adapter in adapters.adapters.dropFirst() {
      if adapter.running > 0 { load.runningAdapters.append(AdapterCount(name: adapter.name, count: adapter.running)) }
      if adapter.waiting.count > 0 {
        load.waitingAdapters.append(AdapterCount(name: adapter.name, count: adapter.waiting.count))
        if !canLoad, !adapter.isLoaded { load.deferred += adapter.waiting.count }
      }
      if adapter.isInHostMemory { load.hostAdapters.append(adapter.name) }
    }
    for (slot, adapter) in adapters.slots.enumerated() {
      if let adapter { load.loadedAdapters.append(LoadedAdapter(name: adapters[adapter].name, slot: slot + 1)) }
    }
  }
}
