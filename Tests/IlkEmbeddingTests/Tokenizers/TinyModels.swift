/// Small model files, made by hand: what tests break and put options into.
enum TinyModels {
    /// A piece of a SentencePiece model; kinds are numbered as there: 1 normal, 2 unknown, 3 control, 4 user-defined.
    struct Piece {
        var name: String
        var score: Float
        var kind: UInt8 = 1
    }

    static let specials = [
        Piece(name: "<unk>", score: 0, kind: 2), Piece(name: "<s>", score: 0, kind: 3),
        Piece(name: "</s>", score: 0, kind: 3),
    ]

    /// The letters a, b, c alone and in some words; `a` and `aa` are dear, `ab` is cheap.
    static let pieces =
        specials + [
            Piece(name: "▁", score: -2), Piece(name: "a", score: -3), Piece(name: "b", score: -3.5),
            Piece(name: "c", score: -4), Piece(name: "ab", score: -4.25), Piece(name: "aa", score: -5.75),
            Piece(name: "▁abc", score: -6), Piece(name: "é", score: -5),
        ]

    /// A `ModelProto`; what a test sets goes into the trainer's and the normaliser's settings as fields.
    static func sentencePiece(
        _ pieces: [Piece] = pieces, trainer: [UInt8] = [0x18, 1], normalizer: [UInt8] = [], charsmap: [UInt8] = []
    ) -> [UInt8] {
        let all = pieces.flatMap { piece in
            message(
                1,
                message(1, Array(piece.name.utf8)) + [0x15] + little(piece.score.bitPattern) + [0x18, piece.kind])
        }
        let map = charsmap.isEmpty ? [] : message(2, charsmap)
        return all + message(2, trainer) + message(3, map + normalizer)
    }

    static func message(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        [number << 3 | 2] + varint(content.count) + content
    }

    private static func varint(_ number: Int) -> [UInt8] {
        number < 128 ? [UInt8(number)] : [UInt8(number & 127 | 128)] + varint(number >> 7)
    }

    static func little(_ number: some FixedWidthInteger) -> [UInt8] {
        unsafe withUnsafeBytes(of: number.littleEndian) { unsafe [UInt8]($0) }
    }

    /// A character map of some rules, each node of its trie with 256 units for its children.
    static func charsmap(_ rules: [String: String]) -> [UInt8] {
        var text: [UInt8] = []
        var values: [[UInt8]: UInt32] = [:]
        for rule in rules.sorted(by: { $0.key < $1.key }) {
            values[Array(rule.key.utf8)] = UInt32(text.count)
            text += Array(rule.value.utf8) + [0]
        }
        let nodes = Set(values.keys.flatMap { key in (0...key.count).map { Array(key.prefix($0)) } })
            .sorted { $0.lexicographicallyPrecedes($1) }
        func base(_ node: [UInt8]) -> Int { (nodes.firstIndex(of: node) ?? 0) * 256 + 256 }
        var units = [UInt32](repeating: 0, count: (nodes.count + 1) * 256)
        for node in nodes {
            let place = node.last.map { base(Array(node.dropLast())) ^ Int($0) } ?? 0
            units[place] = UInt32((place ^ base(node)) << 10) | UInt32(node.last ?? 0)
            if let value = values[node] {
                units[place] |= 1 << 8
                units[base(node)] = value | 1 << 31
            }
        }
        return little(UInt32(units.count * 4)) + units.flatMap(little) + text
    }

    /// An E5S1 file without tensors: the pieces above in XLM-RoBERTa's order, and rules for single code points.
    static func e5s1(rules: [(UInt32, [UInt32])] = [(0x41, [0x61]), (0x200B, []), (0x3000, [0x20])]) -> [UInt8] {
        let names = ["<s>", "<pad>", "</s>", "<unk>"] + pieces.dropFirst(3).map(\.name) + ["<mask>"]
        let scores = [0, 0, 0, 0] + pieces.dropFirst(3).map(\.score) + [0]
        let text = names.flatMap { Array($0.utf8) }
        var bytes = Array("E5S1".utf8) + little(UInt32(1)) + [UInt8](repeating: 0, count: 36)
        for number in [Int32(names.count), 0, 2, 1, 3] { bytes += little(number) }
        bytes += little(UInt64(text.count))
        var offset = UInt32(0)
        for name in names + [""] {
            bytes += little(offset)
            offset += UInt32(name.utf8.count)
        }
        bytes += scores.flatMap { little($0.bitPattern) } + text
        let records = rules.flatMap { little($0.0) + [UInt8($0.1.count)] + $0.1.flatMap(little) }
        return bytes + little(Int32(rules.count)) + little(UInt32(records.count)) + records
    }

    static let wordPiece = """
        {"version":"1.0","truncation":{"max_length":4},"padding":null,
         "added_tokens":[{"id":0,"content":"[UNK]","special":true},{"id":1,"content":"[CLS]","special":true},
                         {"id":2,"content":"[SEP]","special":true}],
         "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,
                       "lowercase":true},
         "pre_tokenizer":{"type":"BertPreTokenizer"},
         "post_processor":{"type":"TemplateProcessing",
           "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
                     {"SpecialToken":{"id":"[SEP]","type_id":0}}],
           "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[1],"tokens":["[CLS]"]},
                             "[SEP]":{"id":"[SEP]","ids":[2],"tokens":["[SEP]"]}}},
         "decoder":null,
         "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
                  "max_input_chars_per_word":8,
                  "vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"un":3,"##aff":4,"##able":5,"a":6,"##a":7,"熊":8,"[":9,
                           "]":10,"sep":11,"cafe":12,".":13}}}
        """

    static let unigram = """
        {"added_tokens":[{"id":0,"content":"<s>","special":true},{"id":2,"content":"</s>","special":true},
                         {"id":3,"content":"<unk>","special":true}],
         "normalizer":{"type":"Sequence","normalizers":[{"type":"Nmt"},{"type":"Strip","strip_left":false},
                       {"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]},
         "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},
                          {"type":"Metaspace","replacement":"▁","add_prefix_space":true}]},
         "post_processor":{"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",0]},
         "model":{"type":"Unigram","unk_id":3,
                  "vocab":[["<s>",0],["<pad>",0],["</s>",0],["<unk>",0],["▁",-2],["a",-3],["b",-3.5],["▁ab",-4]]}}
        """
}
