internal import CCurl
internal import Glibc

// Unsafe throughout: these are libcurl's callbacks. A handle's context is the transfer that owns it, a multi handle's
// the engine that owns it, so both outlive every call. Bytes are valid during a call, which the spans made of them
// enforce.

/// One line of an answer's head, or of its trailers.
let headCallback: curl_write_callback = { data, size, count, context in
  guard let data, let context else { return 0 }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  let bytes = UnsafeRawBufferPointer(start: data, count: size * count).assumingMemoryBound(to: UInt8.self)
  return transfer.receiveHead(line: bytes.span) ? bytes.count : 0
}

/// A piece of an answer's body.
let bodyCallback: curl_write_callback = { data, size, count, context in
  guard let data, let context else { return 0 }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  let bytes = UnsafeRawBufferPointer(start: data, count: size * count).assumingMemoryBound(to: UInt8.self)
  switch transfer.receiveBody(bytes.span) {
  case .taken: return bytes.count
  case .heldBack: return understudy_curl_pause
  case .refused: return bytes.isEmpty ? 1 : 0
  }
}

/// curl wants a socket watched, or no longer.
let socketCallback: curl_socket_callback = { _, socket, what, context, _ in
  guard let context else { return 0 }
  let engine = Unmanaged<TransferEngine>.fromOpaque(context).takeUnretainedValue()
  switch what {
  case understudy_curl_poll_in: engine.watch(socket, for: .readable)
  case understudy_curl_poll_out: engine.watch(socket, for: .writable)
  case understudy_curl_poll_inout: engine.watch(socket, for: [.readable, .writable])
  default: engine.unwatch(socket)
  }
  return 0
}

/// curl wants to be called after so many milliseconds; -1: not at all.
let timerCallback: curl_multi_timer_callback = { _, milliseconds, context in
  guard let context else { return 0 }
  Unmanaged<TransferEngine>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds)
  return 0
}

/// curl needs a socket for a connection.
let openSocketCallback: curl_opensocket_callback = { context, _, address in
  guard let context, let address else { return -1 }
  let socket = understudy_open_socket(address)
  if socket >= 0 { Unmanaged<TransferEngine>.fromOpaque(context).takeUnretainedValue().opened(socket) }
  return socket
}

/// curl needs the socket of a connection no longer.
let closeSocketCallback: curl_closesocket_callback = { context, socket in
  if let context { Unmanaged<TransferEngine>.fromOpaque(context).takeUnretainedValue().closed(socket) }
  return close(socket)
}
