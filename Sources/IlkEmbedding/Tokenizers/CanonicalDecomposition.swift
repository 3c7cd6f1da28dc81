/// Unicode's canonical decomposition (NFD): a letter with an accent becomes the letter and the accent.
struct CanonicalDecomposition: Sendable {
    private var table = CodePointTable()
    private var scalars: [Unicode.Scalar] = []

    static let shared = CanonicalDecomposition()

    private init() {
        var codePoint: UInt32 = 0
        for word in Self.rows.utf8.split(separator: UInt8(ascii: " ")) {
            if word.first == UInt8(ascii: "@") {
                codePoint = Self.hexadecimal(word.dropFirst())
                continue
            }
            let start = scalars.count
            scalars += word.split(separator: UInt8(ascii: ".")).compactMap { Unicode.Scalar(Self.hexadecimal($0)) }
            table.set(codePoint, start: start, count: scalars.count - start)
            codePoint += 1
        }
    }

    private static func hexadecimal(_ digits: some Sequence<UInt8>) -> UInt32 {
        digits.reduce(0) { $0 << 4 | UInt32($1 <= UInt8(ascii: "9") ? $1 & 15 : ($1 & 15) + 9) }
    }

    /// Appends what a character is composed of, in the order of the rows: marks are not yet sorted.
    func append(_ scalar: Unicode.Scalar, to output: inout [Unicode.Scalar]) {
        let syllable = scalar.value &- 0xAC00
        if syllable < 11_172 {
            for jamo in [0x1100 + syllable / 588, 0x1161 + syllable % 588 / 28, 0x11A7 + syllable % 28] {
                if jamo != 0x11A7, let jamo = Unicode.Scalar(jamo) { output.append(jamo) }
            }
            return
        }
        guard let range = table[scalar.value] else {
            output.append(scalar)
            return
        }
        // What is composed of two may begin with what is composed again: four deep at most.
        for part in scalars[range] { append(part, to: &output) }
    }

    /// Puts the marks behind each letter into Unicode's canonical order.
    static func sortMarks(_ scalars: inout [Unicode.Scalar]) {
        var start = 0
        while start < scalars.count {
            guard scalars[start].properties.canonicalCombiningClass != .notReordered else {
                start += 1
                continue
            }
            var marks: [(order: UInt8, place: Int, scalar: Unicode.Scalar)] = []
            for scalar in scalars[start...] {
                let order = scalar.properties.canonicalCombiningClass
                guard order != .notReordered else { break }
                marks.append((order.rawValue, marks.count, scalar))
            }
            if marks.count > 1 { marks.sort { ($0.order, $0.place) < ($1.order, $1.place) } }
            for (place, mark) in marks.enumerated() { scalars[start + place] = mark.scalar }
            start += marks.count
        }
    }
}
