import IlkKnowledge
import Testing

@Suite struct `Passages of any document` {
    /// What must hold for every document, whatever it is; what does not, as sentences.
    static func faults(of document: DocumentText, _ splitter: PassageSplitter) -> [String] {
        var faults: [String] = []
        let passages = splitter.passages(of: document)
        let scalars = Array(document.text.unicodeScalars)
        let limit = splitter.parameters.limit
        var end = 0
        var covered = [Bool](repeating: false, count: scalars.count)
        for passage in passages {
            func expect(_ holds: Bool, _ fault: String) {
                if !holds { faults.append("the passage at \(passage.range) \(fault)") }
            }
            guard passage.start >= 0, passage.start < passage.end, passage.end <= scalars.count else {
                return ["the passage at \(passage.range) is outside of the text"]
            }
            expect(passage.text.unicodeScalars.elementsEqual(scalars[passage.range]), "has another text")
            expect(passage.tokens == countTokens(passage.text), "has \(passage.tokens) tokens, says it")
            expect(passage.tokens <= limit, "has \(passage.tokens) tokens")
            expect(passage.range.count <= limit * 16, "is too long")
            expect(!isBlank(scalars[passage.start]) && !isBlank(scalars[passage.end - 1]), "is not trimmed")
            expect(passage.end > end, "goes no further than the one before")
            end = passage.end
            for place in passage.range { covered[place] = true }
        }
        for block in document.blocks {
            if let missing = block.range.first(where: { !covered[$0] && !isBlank(scalars[$0]) }) {
                faults.append("nothing covers \(missing) in the block at \(block.range)")
            }
        }
        if scalars.count < 100_000, splitter.passages(of: document) != passages {
            faults.append("the passages differ the second time")
        }
        return faults
    }

    static func check(_ document: DocumentText, _ splitter: PassageSplitter, _ note: Comment = "") {
        let faults = faults(of: document, splitter)
        #expect(faults.prefix(5) == [], note)
    }

    /// Checks that blocks are in order, and what is between them blank.
    static func checkBlocks(_ document: DocumentText, allowing decoration: Set<Unicode.Scalar>, _ note: Comment = "") {
        let scalars = Array(document.text.unicodeScalars)
        var end = 0
        var between: [Unicode.Scalar] = []
        var isOrdered = true
        for block in document.blocks {
            isOrdered = isOrdered && block.range.lowerBound >= end && !block.range.isEmpty
            between += scalars[end..<max(end, block.range.lowerBound)]
            end = block.range.upperBound
        }
        between += scalars[end...]
        #expect(isOrdered, note)
        #expect(String(between.filter { !isBlank($0) && !decoration.contains($0) }) == "", note)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `of Markdown cover it, cite it and keep to the limit`(seed: UInt64) throws {
        var generator = TextGenerator(seed: seed)
        let document = try DocumentText(generator.markdown(), format: .markdown)
        // Rules are in no block.
        Self.checkBlocks(document, allowing: ["-", "*", "_"])
        let target = generator.pick([16, 40, 100])
        Self.check(document, try makeSplitter(target: target, limit: target + generator.pick([0, 20, 100])))
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `of noise cover it, cite it and keep to the limit`(seed: UInt64) throws {
        var generator = TextGenerator(seed: seed + 1_000)
        let noise = (0..<generator.int(1..<12)).map { _ in generator.noise() }.joined(separator: "\n")
        for format in DocumentFormat.allCases {
            let document = try DocumentText(noise, format: format)
            if format == .plain { Self.checkBlocks(document, allowing: []) }
            Self.check(document, try makeSplitter(target: 16, limit: 20), "\(format)")
        }
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `of plain text cover it, cite it and keep to the limit`(seed: UInt64) throws {
        var generator = TextGenerator(seed: seed + 2_000)
        let text = (0..<generator.int(1..<30)).map { _ in generator.paragraph() }.joined(separator: "\n\n")
        let document = try DocumentText(text, format: .plain)
        #expect(Array(document.text.unicodeScalars) == Array(text.unicodeScalars))
        Self.checkBlocks(document, allowing: [])
        Self.check(document, try makeSplitter(overlap: generator.pick([0, 0.15, 0.5])))
    }

    @Test(arguments: ["", " ", "\n\r\n\t", "\u{FEFF}", "\u{2028}\u{3000}", "\r", "---\n", "---\n---\n"])
    func `there are none of a blank document`(text: String) throws {
        for format in DocumentFormat.allCases where format == .markdown || !text.contains("-") {
            #expect(try makeSplitter().passages(of: DocumentText(text, format: format)).isEmpty)
        }
    }

    static let nasty: [(name: String, text: String)] = [
        ("1 MB of one letter", String(repeating: "a", count: 1_000_000)),
        ("1 MB of Han without a stop", String(repeating: "熊", count: 330_000)),
        ("100,000 marks upon one letter", "e" + String(repeating: "\u{301}", count: 100_000)),
        ("two words with 1 MB of blanks between", "a" + String(repeating: " ", count: 1_000_000) + "b"),
        ("two words with 200,000 empty lines between", "a" + String(repeating: "\n", count: 200_000) + "b"),
        ("1 MB in one line", String(repeating: "silk and loom, ", count: 70_000)),
        ("CR only", String(repeating: "one line\r", count: 500)),
        ("NUL", String(repeating: "a\0b \0\n\0\n", count: 500)),
        ("an unclosed fence", "# a\n\n```\n" + String(repeating: "code line\n# no heading\n", count: 5_000)),
        ("100,000 quotes in one another", String(repeating: "> ", count: 100_000) + "deep"),
        (
            "10,000 items in one another",
            (0..<300).map { String(repeating: " ", count: $0 * 2) + "- x" }.joined(separator: "\n")
        ),
        ("right to left", String(repeating: "\u{202E}שלום עולם. مرحبا بالعالم؟ ", count: 2_000)),
        ("emoji", String(repeating: "👨‍👩‍👧‍👦🇨🇳👍🏽", count: 3_000)),
        ("a heading of 100,000 letters", "# " + String(repeating: "word ", count: 20_000) + "\n\ntext"),
        ("10,000 headings and nothing else", String(repeating: "# h\n", count: 10_000)),
        ("10,000 tiny sections", (0..<10_000).map { "## h\($0)\n\ntext\n" }.joined(separator: "\n")),
        ("a table of one row of 100,000 cells", "|" + String(repeating: "a|", count: 100_000) + "\n|-|\n|b|"),
    ]

    @Test(arguments: nasty.indices)
    func `of nasty input are passages like others`(index: Int) throws {
        let (name, text) = Self.nasty[index]
        for format in [DocumentFormat.plain, .markdown] {
            let document = try DocumentText(text, format: format)
            Self.check(document, try makeSplitter(), "\(name), \(format)")
        }
    }

    @Test(arguments: [0, 1, 1_000])
    func `end even if the counter makes no sense`(tokens: Int) throws {
        let parameters = try PassageParameters(target: 16, limit: 20)
        let splitter = PassageSplitter(parameters) { _ in tokens }
        let text = "# Silk\n\nIt is a thread. It shines.\n\n- one\n- two"
        let passages = splitter.passages(of: try DocumentText(text, format: .markdown))
        #expect(passages.last?.end == text.unicodeScalars.count)
    }

    @Test func `parameters that make no sense are refused with the range`() {
        #expect(throws: IlkErrorWith("16 to 8,192")) { try checked { try PassageParameters(limit: 15) } }
        #expect(throws: IlkErrorWith("16 to its limit, 100")) {
            try checked { try PassageParameters(target: 101, limit: 100) }
        }
        #expect(throws: IlkErrorWith("0 to 0.5")) { try checked { try PassageParameters(overlap: .nan) } }
    }
}
