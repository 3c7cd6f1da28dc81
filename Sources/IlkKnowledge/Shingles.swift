/// What a text says, as a set of short runs of its words: for telling copies of it from other texts.
///
/// Runs of three words; of two signs in scripts without spaces. Case, marks and white space do not count. Near copies
/// are found by a SimHash (Charikar, STOC 2002) and judged by the exact share of common runs, since both sets are at hand: a
/// hash of 64 bits alone takes texts for copies that only share their beginning.
package struct Shingles: Sendable {
    /// Hashes of the runs, ascending, each once.
    let hashes: [UInt64]
    /// One bit for each of 64 directions: which side of it the runs lie on, together.
    let simhash: UInt64

    package init(_ text: String) {
        var hashes: [UInt64] = []
        var word: UInt64 = 0
        var (before, twoBefore) = (UInt64(0), UInt64(0))
        var wasSign = false

        func end() {
            guard word != 0 else { return }
            append(word, isSign: false)
            word = 0
        }
        func append(_ token: UInt64, isSign: Bool) {
            if isSign, wasSign {
                hashes.append(Self.mix(before &* 31 ^ token))
            } else if !isSign, twoBefore != 0 {
                hashes.append(Self.mix(Self.mix(twoBefore &* 31 ^ before) &* 31 ^ token))
            }
            (twoBefore, before, wasSign) = (isSign ? 0 : before, token, isSign)
        }
        var words = 0
        for scalar in text.unicodeScalars {
            guard scalar.isLetterOrDigit || scalar.isJoined else {
                end()
                continue
            }
            if scalar.isWrittenWithoutSpaces {
                end()
                append(Self.mix(UInt64(scalar.value)), isSign: true)
                words += 1
            } else {
                if word == 0 { words += 1 }
                for lower in scalar.lowercase { word = Self.mix(word &* 31 &+ UInt64(lower.value) &+ 1) | 1 }
            }
        }
        end()
        // Of a word or two there are no runs; they stand for themselves.
        if hashes.isEmpty, words > 0 { hashes.append(Self.mix(twoBefore &* 31 ^ before)) }
        hashes.sort()
        var distinct: [UInt64] = []
        for hash in hashes where hash != distinct.last { distinct.append(hash) }
        self.hashes = distinct
        simhash = Self.simhash(distinct)
    }

    /// Whether both say the same but for a few words; texts without words are like no other.
    ///
    /// `share` is the least part of all runs of both that both must have.
    package func isNear(_ other: Shingles, share: Double) -> Bool {
        guard !hashes.isEmpty, !other.hashes.isEmpty else { return false }
        // Texts that share 0.7 of their runs differ in 13 bits on average; so many as 24 they hardly ever do.
        guard (simhash ^ other.simhash).nonzeroBitCount <= 24 || min(hashes.count, other.hashes.count) < 32 else {
            return false
        }
        return likeness(to: other) >= share
    }

    /// The part of all runs of both that both have (Jaccard).
    package func likeness(to other: Shingles) -> Double {
        var (i, j, common) = (0, 0, 0)
        while i < hashes.count, j < other.hashes.count {
            if hashes[i] == other.hashes[j] {
                (i, j, common) = (i + 1, j + 1, common + 1)
            } else if hashes[i] < other.hashes[j] {
                i += 1
            } else {
                j += 1
            }
        }
        let all = hashes.count + other.hashes.count - common
        return all == 0 ? 0 : Double(common) / Double(all)
    }

    private static func simhash(_ hashes: [UInt64]) -> UInt64 {
        var counts = SIMD64<Int32>(repeating: 0)
        for hash in hashes {
            for bit in 0..<64 { counts[bit] &+= hash >> UInt64(bit) & 1 == 1 ? 1 : -1 }
        }
        var simhash: UInt64 = 0
        for bit in 0..<64 where counts[bit] > 0 { simhash |= 1 << UInt64(bit) }
        return simhash
    }

    /// The finalizer of SplitMix64: every bit of the result depends on every bit of the value.
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Unicode.Scalar {
    /// Whether its script has no spaces between words: Han, kana, Thai, Lao, Khmer, Burmese, Tibetan.
    fileprivate var isWrittenWithoutSpaces: Bool {
        switch value {
        case 0x0E00...0x0FFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xF900...0xFAFF, 0x20000...0x3FFFF:
            true
        default: false
        }
    }

    fileprivate var lowercase: String.UnicodeScalarView {
        guard value >= 0x80 || (65...90).contains(value) else { return String.UnicodeScalarView([self]) }
        return properties.lowercaseMapping.unicodeScalars
    }
}
