package import IlkProtocol

/// Words that mean the same, as a user says: what a query asks for beside its own words.
///
/// They are applied to queries only, so that other synonyms need no other index.
package struct Synonyms: Sendable, Equatable {
    struct Rule: Sendable, Equatable {
        /// What the query says.
        var phrase: String
        /// What is asked for too, or instead.
        var alternatives: [String]
        var replaces: Bool
    }

    private(set) var rules: [Rule] = []

    /// No synonyms.
    package init() {}

    /// The rules of a file, one a line; empty lines and those that begin with # are passed over.
    ///
    /// `sofa, couch, 沙发` are all the same. `tv => television, 电视` asks for what stands on the right instead.
    ///
    /// - Throws: `invalid_request` with the number of the line that is no rule.
    package init(text: String) throws(IlkError) {
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = Self.trimmed(line)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let sides = Self.sides(of: line)
            let left = Self.phrases(of: sides.left)
            if let right = sides.right.map(Self.phrases) {
                guard !left.isEmpty, !right.isEmpty else {
                    throw IlkError(
                        .invalidRequest, "line \(number + 1) of the synonyms needs words on both sides of =>")
                }
                for phrase in left { rules.append(Rule(phrase: phrase, alternatives: right, replaces: true)) }
            } else {
                guard left.count > 1 else {
                    throw IlkError(
                        .invalidRequest,
                        "line \(number + 1) of the synonyms has one word; write 'a, b' or 'a => b'")
                }
                for phrase in left {
                    let others = left.filter { $0 != phrase }
                    rules.append(Rule(phrase: phrase, alternatives: others, replaces: false))
                }
            }
        }
    }

    private static func sides(of line: Substring) -> (left: Substring, right: Substring?) {
        var place = line.startIndex
        while let arrow = line[place...].firstIndex(of: "=") {
            let next = line.index(after: arrow)
            if next < line.endIndex, line[next] == ">" { return (line[..<arrow], line[line.index(after: next)...]) }
            place = next
        }
        return (line, nil)
    }

    private static func phrases(of side: Substring) -> [String] {
        side.split { $0 == "," || $0 == "，" || $0 == "、" }.map { String(trimmed($0)) }.filter { !$0.isEmpty }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0.isWhitespace }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}

/// Synonyms ready for use: by the words of their phrases, as the analyzer makes them.
struct SynonymTable: Sendable {
    struct Entry: Sendable {
        var words: [String]
        /// The terms of each alternative.
        var alternatives: [[String]]
        var replaces: Bool
    }

    private var entries: [String: [Entry]] = [:]

    var isEmpty: Bool { entries.isEmpty }

    mutating func add(_ entry: Entry) {
        guard let first = entry.words.first else { return }
        entries[first, default: []].append(entry)
    }

    /// The entries whose words stand at a place.
    func entries(at place: Int, of words: [String]) -> [Entry] {
        (entries[words[place]] ?? []).filter { entry in
            place + entry.words.count <= words.count
                && words[place..<place + entry.words.count].elementsEqual(entry.words)
        }
    }
}
