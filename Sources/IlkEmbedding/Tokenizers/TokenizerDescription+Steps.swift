import IlkProtocol

extension TokenizerDescription {
    /// The ids before and after a text, from a `post_processor`.
    static func ends(_ value: JSONValue?) throws(IlkError) -> (prefix: [Int32], suffix: [Int32]) {
        guard let (type, step) = try step(value, "post_processor") else { return ([], []) }
        switch type {
        case "TemplateProcessing": return try template(step)
        case "BertProcessing", "RobertaProcessing":
            guard case .array(let begin)? = step["cls"], case .array(let end)? = step["sep"], begin.count == 2,
                end.count == 2, let begin = begin[1].id, let end = end[1].id
            else { throw .brokenTokenizer("its post_processor has no cls or no sep with an id") }
            return ([begin], [end])
        default: throw unknown(type, "post_processor", "TemplateProcessing, BertProcessing and RobertaProcessing")
        }
    }

    private static func template(_ step: JSONObject) throws(IlkError) -> (prefix: [Int32], suffix: [Int32]) {
        guard case .array(let parts)? = step["single"] else {
            throw .brokenTokenizer("its post_processor has no template for a single text")
        }
        var (prefix, suffix): ([Int32], [Int32]) = ([], [])
        var seesText = false
        for part in parts {
            guard case .object(let part) = part else {
                throw .brokenTokenizer("its post_processor has a part that is none")
            }
            if case .object(let special)? = part["SpecialToken"] {
                let name = special["id"]?.string ?? ""
                guard case .object(let all)? = step["special_tokens"], case .object(let token)? = all[name],
                    case .array(let values)? = token["ids"]
                else { throw .brokenTokenizer("its post_processor has no ids for \(name.quoted)") }
                let ids = values.compactMap(\.id)
                guard ids.count == values.count else {
                    throw .brokenTokenizer("its post_processor has ids for \(name.quoted) that are none")
                }
                if seesText { suffix += ids } else { prefix += ids }
            } else if part["Sequence"] != nil, !seesText {
                seesText = true
            } else {
                throw .brokenTokenizer("its post_processor has a part that is neither a special piece nor the text")
            }
        }
        guard seesText else { throw .brokenTokenizer("its post_processor leaves the text out") }
        return (prefix, suffix)
    }

    /// What is done to a text, from a `normalizer`.
    static func changes(_ value: JSONValue?) throws(IlkError) -> [TextChange] {
        guard let (type, step) = try step(value, "normalizer") else { return [] }
        switch type {
        case "Sequence":
            var changes: [TextChange] = []
            for step in try sequence(step, "normalizers") { changes += try self.changes(step) }
            return changes
        case "BertNormalizer":
            let lowercases = step["lowercase"]?.bool ?? true
            return [
                .bert(
                    BertNormalizer(
                        cleans: step["clean_text"]?.bool ?? true,
                        spacesIdeographs: step["handle_chinese_chars"]?.bool ?? true,
                        stripsAccents: step["strip_accents"]?.bool ?? lowercases, lowercases: lowercases))
            ]
        case "Precompiled":
            guard let text = step["precompiled_charsmap"]?.string, let bytes = Base64Bytes.decoded(text) else {
                throw .brokenTokenizer("its normalizer has a character map that is no base64")
            }
            return bytes.isEmpty ? [] : [.map(try CharacterMap(charsmap: unsafe bytes.span.bytes))]
        case "Lowercase": return [.lowercase]
        case "NFD": return [.decompose]
        case "StripAccents": return [.removeMarks]
        case "Nmt": return [.cleanForTranslation]
        case "Strip":
            return [.strip(left: step["strip_left"]?.bool ?? true, right: step["strip_right"]?.bool ?? true)]
        case "Prepend": return [.prepend(Array((step["prepend"]?.string ?? "").utf8))]
        case "Replace": return [try replacement(step)]
        default:
            throw unknown(
                type, "normalizer",
                "BertNormalizer, Precompiled, Lowercase, NFD, StripAccents, Nmt, Strip, Prepend, Replace and Sequence")
        }
    }

    private static func replacement(_ step: JSONObject) throws(IlkError) -> TextChange {
        guard case .object(let pattern)? = step["pattern"], let content = step["content"]?.string else {
            throw .brokenTokenizer("its normalizer has a Replace without pattern or content")
        }
        let bytes = Array(content.utf8)
        if let text = pattern["String"]?.string, !text.isEmpty { return .replace(Array(text.utf8), by: bytes) }
        switch pattern["Regex"]?.string {
        case " {2,}", "  +": return .replaceSpaces(atLeast: 2, by: bytes)
        case " +", " {1,}": return .replaceSpaces(atLeast: 1, by: bytes)
        case let pattern?:
            throw .foreignTokenizer("its normalizer replaces by the pattern \(pattern.quoted); ' {2,}' is read")
        case nil: throw .brokenTokenizer("its normalizer has a Replace with an empty pattern")
        }
    }

    /// How a text is split, from a `pre_tokenizer`.
    static func splitters(_ value: JSONValue?) throws(IlkError) -> [TextSplitter] {
        guard let (type, step) = try step(value, "pre_tokenizer") else { return [] }
        switch type {
        case "Sequence":
            var splitters: [TextSplitter] = []
            for step in try sequence(step, "pretokenizers") { splitters += try self.splitters(step) }
            return splitters
        case "BertPreTokenizer": return [.bert]
        case "WhitespaceSplit": return [.whitespace]
        case "Metaspace":
            let mark = step["replacement"]?.string ?? "▁"
            // Files say `add_prefix_space` until 2023 and `prepend_scheme` since.
            let scheme = step["prepend_scheme"]?.string ?? (step["add_prefix_space"]?.bool ?? true ? "always" : "never")
            guard let prepend = TextSplitter.Prepend(rawValue: scheme), mark.unicodeScalars.count == 1 else {
                throw .brokenTokenizer("its Metaspace has the prepend_scheme \(scheme.quoted) or no mark")
            }
            return [.metaspace(mark: Array(mark.utf8), prepend: prepend, splits: step["split"]?.bool ?? true)]
        default:
            throw unknown(type, "pre_tokenizer", "BertPreTokenizer, Metaspace, WhitespaceSplit and Sequence")
        }
    }

    /// A step and its type; nil where there is none.
    private static func step(_ value: JSONValue?, _ place: String) throws(IlkError) -> (type: String, JSONObject)? {
        switch value {
        case nil, .null?: return nil
        case .object(let step)?:
            guard let type = step["type"]?.string else { throw .brokenTokenizer("its \(place) has no type") }
            return (type, step)
        default: throw .brokenTokenizer("its \(place) is no object")
        }
    }

    private static func sequence(_ step: JSONObject, _ name: String) throws(IlkError) -> [JSONValue] {
        guard case .array(let steps)? = step[name] else { throw .brokenTokenizer("a Sequence has no \(name)") }
        return steps
    }

    private static func unknown(_ type: String, _ place: String, _ known: String) -> IlkError {
        .foreignTokenizer("its \(place) is \(type.quoted); \(known) are read")
    }
}
