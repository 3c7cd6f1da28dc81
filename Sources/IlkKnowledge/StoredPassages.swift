import IlkCollection
import IlkProtocol

/// Passages and texts of stored documents, as one retrieval sees them.
///
/// Documents may be replaced while it runs: what no longer stands where a passage was found is not given out, and
/// ``isStale`` says so.
final class StoredPassages: PassageSource {
    private let collection: VectorCollection
    private var passages: [String: [Int: Passage]] = [:]
    private var texts: [String: CitedText] = [:]
    /// Whether a document was replaced after its passages were found.
    private(set) var isStale = false

    /// A source that knows passages which were found.
    init(_ collection: VectorCollection, knowing found: [RankedPassage]) {
        self.collection = collection
        for passage in found { passages[passage.document, default: [:]][passage.number] = passage.passage }
    }

    func passage(_ number: Int, of document: String) -> Passage? {
        if let known = passages[document]?[number] { return known }
        guard let payload = (try? collection.passages([(document, number)]))?.first ?? nil,
            let value = try? payload.parsed(), let record = PassageRecord(value)
        else { return nil }
        passages[document, default: [:]][number] = record.passage
        return record.passage
    }

    func text(of document: String, in range: Range<Int>) -> String? {
        if texts[document] == nil {
            let stored = try? collection.documents([document], withText: true)
            texts[document] = CitedText(stored?.first??.text ?? "")
        }
        guard let text = texts[document], let part = text[range] else {
            isStale = true
            return nil
        }
        // The text, the passages found and their neighbors were read at moments of their own.
        let inside = passages[document]?.values.filter { range.lowerBound <= $0.start && $0.end <= range.upperBound }
        for passage in inside ?? [] where text[passage.range] != passage.text {
            isStale = true
            return nil
        }
        return part
    }
}

/// A text whose ranges are found by scalars, without a walk from its beginning each time.
private struct CitedText {
    private let bytes: [UInt8]
    /// Where every so many scalars begin in the bytes.
    private var marks: [Int] = []
    private var count = 0

    private static let stride = 1_024

    init(_ text: String) {
        bytes = Array(text.utf8)
        for (place, byte) in bytes.enumerated() where Self.begins(byte) {
            if count.isMultiple(of: Self.stride) { marks.append(place) }
            count += 1
        }
    }

    /// The text over a range of scalars; nil where it is shorter.
    subscript(range: Range<Int>) -> String? {
        guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
        return String(decoding: bytes[place(of: range.lowerBound)..<place(of: range.upperBound)], as: UTF8.self)
    }

    private func place(of scalar: Int) -> Int {
        guard scalar < count else { return bytes.count }
        var place = marks[scalar / Self.stride]
        var left = scalar % Self.stride
        while left > 0 {
            place += 1
            if Self.begins(bytes[place]) { left -= 1 }
        }
        return place
    }

    private static func begins(_ byte: UInt8) -> Bool { byte & 0xC0 != 0x80 }
}
