import IlkVectors

/// The built-in model: character n-grams, each hashed to a component and a sign (Weinberger et al., 2009).
///
/// It needs no weights, takes any language, and knows spelling, not meaning: texts are near if they share words or parts
/// of words. It is there so that every command works before a model was fetched.
///
/// An n-gram counts by the square root of how often it stands in the text. Those within words have 2 to 4 characters,
/// the word's borders included; the characters of scripts without spaces count alone too.
struct HashEncoder: TextEncoder {
    /// Raise it when vectors change: it is in the fingerprint.
    static let version = 1

    let dimension = 256
    let maximumTokens: Int? = 65_536
    var arithmetic: String { "hash\(Self.version)" }

    func encode(_ batch: TokenBatch, threads: Int) -> [Float] {
        var vectors: [Float] = []
        vectors.reserveCapacity(batch.lengths.count * dimension)
        var start = 0
        var grams: [UInt64] = []
        for length in batch.lengths {
            Self.collect(batch.ids[start..<start + length], into: &grams)
            vectors += vector(&grams)
            start += length
        }
        return vectors
    }

    private func vector(_ grams: inout [UInt64]) -> [Float] {
        grams.sort()
        var vector = [Float](repeating: 0, count: dimension)
        var place = 0
        while place < grams.count {
            let gram = grams[place]
            var end = place + 1
            while end < grams.count, grams[end] == gram { end += 1 }
            let value = Self.weights[Int(gram & 7)] * Float(end - place).squareRoot()
            vector[Int(gram >> 8 & 0xFF)] += gram >> 63 == 0 ? value : -value
            place = end
        }
        return vector
    }

    /// Weights of n-grams by length, of letters and (from 5 on) of characters that are words.
    private static let weights: [Float] = [0, 0, 0.3, 1, 1, 0.7, 1.5, 1]

    /// The hashes of all n-grams; the lowest three bits say which weight.
    private static func collect(_ ids: ArraySlice<Int32>, into grams: inout [UInt64]) {
        grams.removeAll(keepingCapacity: true)
        let text = [HashTokenizer.space] + ids + [HashTokenizer.space]
        for start in text.indices {
            let first = text[start]
            let isWord = Self.isWord(first)
            var state: UInt64 = 0x9E37_79B9_7F4A_7C15
            for length in 1...4 {
                let place = start + length - 1
                guard place < text.count else { break }
                let id = text[place]
                state = mix(state ^ UInt64(UInt32(bitPattern: id)))
                if isWord {
                    guard length <= 3, Self.isWord(id) else { break }
                    grams.append(state & ~7 | UInt64(4 + length))
                } else if length > 1 {
                    guard !Self.isWord(id) else { break }
                    // A bare border and a bare letter say nothing.
                    if length > 2 || (id != HashTokenizer.space && first != HashTokenizer.space) {
                        grams.append(state & ~7 | UInt64(length))
                    }
                    if id == HashTokenizer.space { break }
                }
            }
        }
    }

    /// Characters of scripts that are written without spaces, and symbols such as emoji.
    private static func isWord(_ id: Int32) -> Bool {
        switch id {
        case 0x2E80...0x9FFF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0x20000...0x3FFFF, 0x0E00...0x0EFF, 0x2190...0x2BFF,
            0x1F000...0x1FAFF:
            true
        default: false
        }
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var random = SplitMix64(seed: value)
        return random.next()
    }
}
