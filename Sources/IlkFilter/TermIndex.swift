/// Strings with the ordinals that have them.
struct TermIndex: Sendable {
    private var postings: [String: Posting] = [:]
    /// Heap bytes of strings too long to lie in the table.
    private var textBytes = 0

    var count: Int { postings.count }
    subscript(text: String) -> Posting? { postings[text] }

    /// Adds an ordinal to a term, and gives the term as it is kept, so that equal strings share one memory.
    mutating func insert(_ text: String, _ ordinal: UInt32) -> String {
        if let place = postings.index(forKey: text) {
            postings.values[place].insert(ordinal)
            return postings.keys[place]
        }
        postings[text] = .one(ordinal)
        textBytes += Self.bytes(text)
        return text
    }

    mutating func remove(_ text: String, _ ordinal: UInt32) {
        guard let place = postings.index(forKey: text) else { return }
        if !postings.values[place].remove(ordinal) {
            textBytes -= Self.bytes(postings.keys[place])
            postings.remove(at: place)
        }
    }

    func forEach(_ body: (String, Posting) -> Void) {
        for (text, posting) in postings { body(text, posting) }
    }

    private static func bytes(_ text: String) -> Int { text.utf8.count > 15 ? 48 + text.utf8.count : 0 }

    var memoryBytes: Int {
        let slots = postings.capacity * 4 / 3 * (MemoryLayout<String>.stride + MemoryLayout<Posting>.stride)
        return postings.values.reduce(slots + textBytes) { $0 + $1.memoryBytes }
    }
}
