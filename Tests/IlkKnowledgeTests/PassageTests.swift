import IlkKnowledge
import Testing

@Suite struct `Passages` {
    static func passages(
        _ text: String, _ splitter: PassageSplitter, _ format: DocumentFormat = .markdown
    ) throws
        -> [Passage]
    {
        splitter.passages(of: try DocumentText(text, format: format))
    }

    /// So many sentences of twelve tokens, all different.
    static func prose(_ sentences: Int, seed: Int = 0) -> String {
        (0..<sentences).map { "The loom number \($0 + seed * 1_000) has woven a yard of silk today." }
            .joined(separator: " ")
    }

    @Test func `carry the headings above them, the innermost last`() throws {
        let text =
            "# Silk\n\n\(Self.prose(8))\n\n## Looms\n\n\(Self.prose(8, seed: 1))\n\n### Old\n\n\(Self.prose(8, seed: 2))\n\n# Wool\n\n\(Self.prose(8, seed: 3))"
        let paths = try Self.passages(text, makeSplitter(target: 160, limit: 300)).map(\.headings)
        #expect(paths == [["Silk"], ["Silk", "Looms"], ["Silk", "Looms", "Old"], ["Wool"]])
    }

    @Test func `do not cross a heading, nor leave one behind`() throws {
        let text = (0..<6).map { "# Chapter \($0)\n\n\(Self.prose(9, seed: $0))\n\n\(Self.prose(5, seed: $0 + 10))" }
            .joined(separator: "\n\n")
        for target in [16, 30, 60, 150, 300] {
            let passages = try Self.passages(text, makeSplitter(target: target, limit: max(target, 60)))
            for passage in passages {
                let heading = passage.text.firstRange(of: "# Chapter")
                #expect(heading == nil || heading?.lowerBound == passage.text.startIndex)
                #expect(passage.text.contains("loom"), "a heading is not alone: \(passage.text)")
            }
            #expect(passages.count(where: { $0.text.contains("# Chapter") }) == 6)
        }
    }

    @Test func `join sections that are tiny, below the headings that they share`() throws {
        let text =
            "# Answers\n\n## One\n\nYes.\n\n## Two\n\nNo.\n\n## Three\n\n\(Self.prose(8))\n\n# Other\n\n\(Self.prose(8, seed: 1))"
        let passages = try Self.passages(text, makeSplitter(target: 160, limit: 300))
        #expect(passages.map(\.headings) == [["Answers"], ["Other"]])
        #expect(passages.first?.text.hasSuffix("today.") == true)
    }

    @Test func `keep code whole and rows together where they fit`() throws {
        let code = "```\n" + (0..<20).map { "let x\($0) = 1" }.joined(separator: "\n") + "\n```"
        let table = "| a | b |\n|---|---|\n" + (0..<6).map { "| \($0) | silk |" }.joined(separator: "\n")
        let text = "\(Self.prose(5))\n\n\(code)\n\n\(Self.prose(5, seed: 1))\n\n\(table)\n\n\(Self.prose(5, seed: 2))"
        let passages = try Self.passages(text, makeSplitter(target: 60, limit: 130))
        #expect(passages.contains { $0.text.contains(code) })
        #expect(passages.contains { $0.text.contains(table) })
    }

    @Test func `cut code and tables that do not fit between lines`() throws {
        let lines = (0..<200).map { "let value\($0) = \($0)" }
        let passages = try Self.passages(
            "```\n" + lines.joined(separator: "\n") + "\n```", makeSplitter(target: 60, limit: 100))
        #expect(passages.count > 5)
        #expect(passages.dropFirst().allSatisfy { $0.text.hasPrefix("let value") })
        let cited = passages.flatMap { $0.text.split(separator: "\n").map(String.init) }
        #expect(cited == ["```"] + lines + ["```"])
    }

    @Test func `repeat whole sentences from the passage before, and not more than the overlap`() throws {
        let splitter = try makeSplitter(target: 100, limit: 150, overlap: 0.3)
        let passages = try Self.passages(Self.prose(60), splitter, .plain)
        #expect(passages.count > 5)
        for (before, passage) in zip(passages, passages.dropFirst()) {
            #expect(passage.start < before.end, "something is repeated")
            let repeated = slice(Self.prose(60), passage.start..<before.end)
            #expect(countTokens(String(repeated)) <= 30)
            #expect(passage.text.hasPrefix("The loom number"))
            #expect(String(repeated).hasPrefix("The loom number") && String(repeated).hasSuffix("."))
        }
        let apart = try Self.passages(Self.prose(60), try makeSplitter(overlap: 0), .plain)
        #expect(zip(apart, apart.dropFirst()).allSatisfy { $0.end <= $1.start })
    }

    @Test func `end with a sentence in any script, also where lines are wrapped`() throws {
        let chinese = (0..<40).map { "第\($0)台织机今天又织出了\n一码上好的丝绸。" }.joined()
        let thai = (0..<40).map { "ผ้าไหม \($0) ผืนนี้ทอด้วยมือ." }.joined(separator: " ")
        let wrapped = Self.prose(40).split(separator: " ").enumerated()
            .map { $0.offset % 7 == 6 ? $0.element + "\r\n" : $0.element + " " }.joined()
        for (text, end) in [(chinese, "。"), (thai, "."), (wrapped, ".")] {
            let passages = try Self.passages(text, makeSplitter(target: 60, limit: 120), .plain)
            #expect(passages.count > 3)
            #expect(passages.allSatisfy { $0.text.hasSuffix(end) }, "\(passages.map(\.text))")
        }
    }

    @Test func `are of about the target`() throws {
        let text = (0..<40).map { Self.prose(4 + $0 % 5, seed: $0) }.joined(separator: "\n\n")
        let passages = try Self.passages(text, makeSplitter(target: 100, limit: 200), .plain)
        #expect(passages.dropLast().allSatisfy { (75...125).contains($0.tokens) }, "\(passages.map(\.tokens))")
    }

    @Test func `never cut a sign from its marks, nor a family of emoji`() throws {
        let text = String(repeating: "👨‍👩‍👧‍👦e\u{301}\u{302}", count: 400)
        for passage in try Self.passages(text, makeSplitter(target: 40, limit: 40), .plain) {
            #expect(["👨", "e"].contains(passage.text.unicodeScalars.first))
            #expect(passage.text.unicodeScalars.last?.value != 0x200D)
        }
    }

    // MARK: Edits

    /// How many passages of the second are not in the first, by text and headings.
    static func changed(_ before: [Passage], _ after: [Passage]) -> [Passage] {
        after.filter { passage in !before.contains { $0.text == passage.text && $0.headings == passage.headings } }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `of distant sections do not change when one is edited`(seed: UInt64) throws {
        var generator = TextGenerator(seed: seed)
        var sections = (0..<12).map { number in
            "## Section \(number)\n\n"
                + (0..<generator.int(2..<6)).map { Self.prose(generator.int(3..<9), seed: number * 10 + $0) }
                .joined(separator: "\n\n")
        }
        let splitter = try makeSplitter(target: 80, limit: 160)
        let before = try Self.passages(sections.joined(separator: "\n\n"), splitter)
        let edited = generator.int(0..<12)
        switch generator.int(0..<3) {
        case 0: sections[edited] += " And one sentence more."
        case 1: sections[edited].removeLast(generator.int(1..<60))
        default: sections[edited] = "## Section \(edited)\n\nNew. " + sections[edited].dropFirst(14)
        }
        let after = try Self.passages(sections.joined(separator: "\n\n"), splitter)
        #expect(Self.changed(before, after).allSatisfy { $0.headings == ["Section \(edited)"] })
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `fall back into step after an edit, in text without headings too`(seed: UInt64) throws {
        var generator = TextGenerator(seed: seed)
        var sentences = Self.prose(600).split(separator: ". ").map { $0 + "." }
        let splitter = try makeSplitter(target: 120, limit: 240)
        let before = try Self.passages(sentences.joined(separator: " "), splitter, .plain)
        let place = generator.int(0..<40)
        if generator.chance(50) { sentences.insert("Something new.", at: place) } else { sentences.remove(at: place) }
        let after = try Self.passages(sentences.joined(separator: " "), splitter, .plain)
        #expect(before.count > 50)
        #expect(Self.changed(before, after).count <= 12, "\(Self.changed(before, after).count) of \(after.count)")
    }
}
