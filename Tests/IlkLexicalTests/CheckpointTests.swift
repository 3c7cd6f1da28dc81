import Foundation
import IlkLexical
import IlkTestSupport
import IlkVectors
import Testing

@Suite("A lexical checkpoint")
struct LexicalCheckpointTests {
    let fields = [LexicalField(name: "text"), LexicalField(name: "title", weight: 2)]
    let folder: TemporaryFolder
    let index: LexicalIndex
    let path: String
    let bytes: [UInt8]

    /// Two segments and a tail, with removed documents in each, in a file of some hundred kilobytes.
    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("a.words")
        index = try LexicalIndex(fields: fields)
        var texts = RandomTexts(seed: 8, words: 300)
        for ordinal in 0..<UInt32(300) {
            index.set([texts.text(1...12), ordinal % 3 == 0 ? nil : texts.text(1...3)], at: Ordinal(ordinal))
        }
        for ordinal in stride(from: 5, to: UInt32(300), by: 9) { index.remove(Ordinal(ordinal)) }
        try index.checkpoint(to: path, sequence: 1_234)
        bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func open(
        _ bytes: some Sequence<UInt8>, fields: [LexicalField]? = nil, parameters: BM25Parameters = BM25Parameters(),
        analyzer: Analyzer = Analyzer()
    ) throws -> (LexicalIndex, sequence: UInt64) {
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("b.words")))
        return try LexicalIndex.open(
            path: folder.file("b.words"), fields: fields ?? self.fields, parameters: parameters, analyzer: analyzer)
    }

    @Test("brings back the same index and its sequence, which goes on from there")
    func whole() throws {
        let (copy, sequence) = try open(bytes)
        #expect(sequence == 1_234 && copy.count == index.count && copy.liveOrdinals() == index.liveOrdinals())
        var texts = RandomTexts(seed: 9, words: 300)
        let queries = (0..<40).map { _ in texts.text(1...6) }
        for query in queries { #expect(copy.search(query, k: 20).hits == index.search(query, k: 20).hits) }
        try copy.checkpoint(to: folder.file("c.words"), sequence: 1_234)
        #expect(try Array(Data(contentsOf: URL(fileURLWithPath: folder.file("c.words")))) == bytes, "byte for byte")
        // Both go the same way from here.
        for one in [copy, index] {
            one.remove(Ordinal(0))
            for ordinal in 300..<UInt32(500) { one.set(["later word\(ordinal)", "later"], at: Ordinal(ordinal)) }
            while one.maintain() {}
        }
        for query in queries + ["later"] {
            #expect(copy.search(query, k: 20).hits == index.search(query, k: 20).hits)
        }
    }

    @Test("of an empty index opens")
    func empty() throws {
        let empty = try LexicalIndex(fields: fields)
        try empty.checkpoint(to: folder.file("e.words"), sequence: 0)
        let (copy, sequence) = try LexicalIndex.open(path: folder.file("e.words"), fields: fields)
        #expect(copy.count == 0 && sequence == 0)
    }

    @Test("of other fields, parameters, analysis or dictionary is foreign; of other synonyms it is not")
    func foreign() throws {
        for attempt in [
            { _ = try open(bytes, fields: [LexicalField(name: "text")]) },
            { _ = try open(bytes, fields: [fields[0], LexicalField(name: "title", weight: 3)]) },
            { _ = try open(bytes, parameters: BM25Parameters(b: 0.5)) },
            { _ = try open(bytes, analyzer: Analyzer(options: AnalyzerOptions(stemsPlurals: false))) },
            { _ = try open(bytes, analyzer: Analyzer(dictionary: WordList(["c++"]))) },
        ] {
            let error = #expect(throws: LexicalCheckpointError.self) { try attempt() }
            guard case .foreign = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(try open(bytes, analyzer: Analyzer(synonyms: Synonyms(text: "a, b"))).0.count == index.count)
    }

    @Test("that is not there is told with its path")
    func missing() {
        let error = #expect(throws: LexicalCheckpointError.self) {
            try LexicalIndex.open(path: "/no/such.words", fields: fields)
        }
        #expect(error?.description == "could not open /no/such.words: No such file or directory")
    }

    @Test("cut anywhere, or with a byte more, is damaged")
    func cut() throws {
        var random = SplitMix64(seed: 3)
        for length in [0, 1, 8, 255, 256, bytes.count - 1]
            + (0..<60).map({ _ in Int(random.next() % UInt64(bytes.count)) })
        {
            #expect(throws: LexicalCheckpointError.self, "cut to \(length)") { try open(bytes.prefix(length)) }
        }
        #expect(throws: LexicalCheckpointError.self) { try open(bytes + [0]) }
    }

    @Test("with a bit flipped at any of 150 places is damaged")
    func flipped() throws {
        var random = SplitMix64(seed: 4)
        for place in Array(0..<20) + [248, 256, 300, bytes.count - 1]
            + (0..<130).map({ _ in Int(random.next() % UInt64(bytes.count)) })
        {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8(random.next() % 8)
            #expect(throws: LexicalCheckpointError.self, "byte \(place)") { try open(damaged) }
        }
    }

    @Test("with right checksums and wrong numbers is damaged, or at least never read out of bounds")
    func forged() throws {
        var random = SplitMix64(seed: 5)
        let layout = Layout(bytes)
        for _ in 0..<400 {
            let section = layout.sections[Int(random.next() % UInt64(layout.sections.count))]
            guard !section.isEmpty else { continue }
            let place = section.lowerBound + Int(random.next() % UInt64(section.count))
            var forged = bytes
            forged[place] = UInt8(truncatingIfNeeded: random.next())
            layout.sign(&forged)
            guard let (copy, _) = try? open(forged) else { continue }
            for query in ["kalo mi", "lo", "ka ne ru sa to"] { _ = copy.search(query, k: 10) }
            for ordinal in copy.liveOrdinals() { copy.remove(ordinal) }
            while copy.maintain() {}
        }
    }

    /// Where the sections of a checkpoint are, and their checksums made right again.
    struct Layout {
        var sections: [Range<Int>] = []

        init(_ bytes: [UInt8]) {
            let segments = Int(Self.number(bytes, 48))
            for section in 0..<3 + 10 * segments {
                let start = Int(Self.number(bytes, 256 + section * 24))
                sections.append(start..<start + Int(Self.number(bytes, 256 + section * 24 + 8)))
            }
        }

        func sign(_ bytes: inout [UInt8]) {
            func checksum(_ range: Range<Int>) -> UInt64 {
                unsafe bytes[range].withUnsafeBytes { unsafe Checksum.xxh3($0) }
            }
            for (number, section) in sections.enumerated() {
                let padded = section.lowerBound..<section.lowerBound + (section.count + 63) / 64 * 64
                Self.write(checksum(padded), &bytes, 256 + number * 24 + 16)
            }
            Self.write(checksum(256..<256 + (sections.count * 24 + 63) / 64 * 64), &bytes, 56)
            Self.write(checksum(0..<248), &bytes, 248)
        }

        private static func number(_ bytes: [UInt8], _ place: Int) -> UInt64 {
            (0..<8).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
        }

        private static func write(_ value: UInt64, _ bytes: inout [UInt8], _ place: Int) {
            for byte in 0..<8 { bytes[place + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte)) }
        }
    }
}
