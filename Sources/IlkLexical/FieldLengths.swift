/// How many documents there are and how long each field is on average: what BM25 compares a document with.
struct LengthStatistics: Equatable, Sendable {
    /// Live documents.
    var documents = 0
    /// Live documents with words in the field.
    var filled: [Int]
    /// Words in the field of all live documents.
    var totals: [Int]

    init(fieldCount: Int) {
        filled = Array(repeating: 0, count: fieldCount)
        totals = Array(repeating: 0, count: fieldCount)
    }

    /// Counts a document in with `sign` 1, out with −1.
    mutating func count(_ lengths: UnsafePointer<UInt32>, _ sign: Int) {
        documents += sign
        for field in totals.indices {
            let length = unsafe Int(lengths[field])
            totals[field] += sign * length
            if length > 0 { filled[field] += sign }
        }
    }

    /// Words in each field, on average over the documents that have some.
    var averages: [Float] {
        zip(totals, filled).map { $1 > 0 ? max(1, Float(Double($0) / Double($1))) : 1 }
    }
}
