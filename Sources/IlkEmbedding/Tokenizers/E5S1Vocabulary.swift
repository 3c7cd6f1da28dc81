package import IlkProtocol

/// The vocabulary in a file of the E5S1 layout, a small XLM-RoBERTa vocabulary beside 4-bit weights.
///
/// ```
/// 0   "E5S1", u32 version 1, 7 × i32 of the model, f32, i32
/// 44  5 × i32: pieces n, <s>, </s>, <pad>, <unk>
/// 64  u64 bytes of text, then (n + 1) × u32 offsets into it, n × f32 scores, the text
///     i32 rules, u32 their bytes, and each rule: u32 code point, u8 m, m × u32 what it becomes
/// ```
package enum E5S1Vocabulary {
    static let magic: [UInt8] = Array("E5S1".utf8)

    /// Makes the tokenizer of a file.
    ///
    /// The rules in the file are for single code points. Those for sequences, such as a letter with a combining accent,
    /// come from a SentencePiece character map where there is one.
    ///
    /// - Parameters:
    ///   - file: the whole file or its beginning up to the tensors.
    ///   - charsmap: `normalizer.charsmap`; nil leaves sequences as they are.
    /// - Returns: a tokenizer that puts `<s>` before a text and `</s>` after it.
    /// - Throws: `invalid_request` where the file or the charsmap is damaged.
    package static func tokenizer(
        _ file: UnsafeRawBufferPointer, charsmap: UnsafeRawBufferPointer?
    ) throws(IlkError) -> any Tokenizer {
        let map =
            if let charsmap = unsafe charsmap { try CharacterMap(charsmap: unsafe charsmap.bytes) } else {
                CharacterMap()
            }
        return try tokenizer(unsafe file.bytes, map)
    }

    static func tokenizer(_ file: RawSpan, _ map: CharacterMap) throws(IlkError) -> any Tokenizer {
        guard try file.bytes(at: 0, count: 4, of: "the header") == magic else {
            throw .brokenTokenizer("the file does not begin with E5S1")
        }
        let version = try file.number(at: 4, as: UInt32.self, of: "the header")
        guard version == 1 else { throw .foreignTokenizer("E5S1 of version \(version), not 1") }
        var numbers: [Int32] = []
        for place in 0..<5 { numbers.append(try file.number(at: 44 + 4 * place, as: Int32.self, of: "the header")) }
        let (count, specials) = (Int(numbers[0]), numbers[1...])
        guard count > 0, count <= PieceTrie.largestID, specials.allSatisfy({ 0 <= $0 && $0 < count }) else {
            throw .brokenTokenizer("its header gives \(count) pieces and the special ones as \(specials)")
        }
        let (begin, end, unknown) = (numbers[1], numbers[2], numbers[4])
        let textBytes = try file.number(at: 64, as: UInt64.self, of: "the header")
        let offsets = 72
        let scores = offsets + 4 * (count + 1)
        let text = scores + 4 * count
        guard textBytes <= UInt64(file.byteCount) else { throw .endsTooEarly("the vocabulary") }
        let blob = try file.bytes(at: text, count: Int(textBytes), of: "the vocabulary")

        var pieces: [UnigramVocabulary.Piece] = []
        pieces.reserveCapacity(count)
        var from = Int(try file.number(at: offsets, as: UInt32.self, of: "the vocabulary"))
        for id in 0..<count {
            let to = Int(try file.number(at: offsets + 4 * (id + 1), as: UInt32.self, of: "the vocabulary"))
            guard from <= to, to <= blob.count else {
                throw .brokenTokenizer("piece \(id) lies outside the vocabulary")
            }
            let bits = try file.number(at: scores + 4 * id, as: UInt32.self, of: "the vocabulary")
            let score = Float(bitPattern: bits)
            // Those that stand for no text, `<s>` and `<mask>`, have the score 0: no text is certain.
            if score != 0, !specials.contains(Int32(id)) {
                pieces.append(UnigramVocabulary.Piece(bytes: from..<to, id: Int32(id), score: score))
            }
            from = to
        }
        var map = map
        try map.replaceSingleRules(by: singleRules(file, at: text + blob.count))
        return UnigramTokenizer(
            try UnigramVocabulary(pieces, in: blob, count: count, unknown: unknown), PieceNormalizer(map: map),
            prefix: [begin], suffix: [end], size: count)
    }

    private static func singleRules(
        _ file: RawSpan, at start: Int
    ) throws(IlkError) -> [(codePoint: UInt32, replacement: [UInt8])] {
        let what = "the character table"
        let count = try file.number(at: start, as: Int32.self, of: what)
        guard count >= 0 else { throw .brokenTokenizer("\(what) has \(count) rules") }
        var rules: [(codePoint: UInt32, replacement: [UInt8])] = []
        var place = start + 8
        for _ in 0..<count {
            let codePoint = try file.number(at: place, as: UInt32.self, of: what)
            let length = Int(try file.number(at: place + 4, as: UInt8.self, of: what))
            var replacement: [UInt8] = []
            for number in 0..<length {
                let value = try file.number(at: place + 5 + 4 * number, as: UInt32.self, of: what)
                guard let scalar = Unicode.Scalar(value) else {
                    throw .brokenTokenizer("\(what) replaces \(codePoint) by \(value), which is no character")
                }
                UTF8Bytes.append(scalar, to: &replacement)
            }
            rules.append((codePoint, replacement))
            place += 5 + 4 * length
        }
        return rules
    }
}
