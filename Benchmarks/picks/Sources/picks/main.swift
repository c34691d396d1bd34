internal import Glibc

// picks: what one pick takes. See `usage`.

let usage = """
  usage: picks [--endpoints N] [--prompt-bytes N] [--rules N] [--picks N]
    --endpoints N      repeatable; default 10, 100, 1000
    --prompt-bytes N   repeatable, 0 or 64 and more; default 0, 1024, 16384
    --rules N          rewrite rules that are loaded; default 10000
    --picks N          picks of each kind; default 50000
  Prints one JSON object. A pick is what the front door does between a parsed request and its endpoint: resolve the
  model, read the loads that changed, choose by the default profile, count the request as sent.

  """

func end(_ text: String, status: Int32) -> Never {
  let bytes = Array("picks: \(text)\n".utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
  exit(status)
}

var endpoints: [Int] = []
var promptBytes: [Int] = []
var rules = 10_000
var picks = 50_000

var words = CommandLine.arguments.dropFirst()
while let flag = words.popFirst() {
  guard let word = words.popFirst(), let number = Int(word), (0...10_000_000).contains(number) else {
    end("\(flag) needs a number\n\(usage)", status: 2)
  }
  switch flag {
  case "--endpoints" where (1...100_000).contains(number): endpoints.append(number)
  case "--prompt-bytes" where number == 0 || number >= 64: promptBytes.append(number)
  case "--rules": rules = number
  case "--picks" where number > 0: picks = number
  default: end("\(flag) \(word) is not understood\n\(usage)", status: 2)
  }
}
if endpoints.isEmpty { endpoints = [10, 100, 1_000] }
if promptBytes.isEmpty { promptBytes = [0, 1_024, 16_384] }

let clock = Clocks.cost()
var cases: [String] = []
do {
  for count in endpoints {
    for bytes in promptBytes {
      cases.append(try Case(endpoints: count, promptBytes: bytes, rules: rules, picks: picks).run())
    }
  }
} catch let failure as Case.Failure {
  end(failure.text, status: 1)
}
print("{\"clock_ns\":\(clock.json),\"cases\":[\(cases.joined(separator: ","))]}")
