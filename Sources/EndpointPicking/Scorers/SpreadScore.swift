/// (max - x) / (max - min) over the candidates; 1 for all when they are equal (GIE v1.5, queue-scorer).
func spreadScores(_ values: [Int], of candidates: [Int], into scores: inout [Double]) {
  var lowest = Int.max
  var highest = Int.min
  for index in candidates {
    lowest = min(lowest, values[index])
    highest = max(highest, values[index])
  }
  guard lowest < highest else {
    for position in candidates.indices { scores[position] = 1 }
    return
  }
  let width = Double(highest) - Double(lowest)
  for position in candidates.indices {
    scores[position] = (Double(highest) - Double(values[candidates[position]])) / width
  }
}
