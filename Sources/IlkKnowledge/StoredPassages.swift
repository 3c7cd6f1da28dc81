import IlkCollection
import IlkProtocol

/// Passages and texts of stored documents, as one retrieval sees them.
///
/// Documents may be replaced while it runs: what no longer stands where a passage was found is not given out, and
/// ``isStale`` says so.
final class StoredPassages: PassageSource {
    private let collection: VectorCollection
    private var passages: [String: [Int: Passage]] = [:]
    private var texts: [String: String?] = [:]
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
            texts[document] = .some(stored?.first??.text)
        }
        guard case .some(.some(let text)) = texts[document], let part = text.scalars(in: range) else {
            isStale = true
            return nil
        }
        // The text, the passages found and their neighbors were read at moments of their own.
        let inside = passages[document]?.values.filter { range.lowerBound <= $0.start && $0.end <= range.upperBound }
        for passage in inside ?? [] {
            let place = passage.start - range.lowerBound..<passage.end - range.lowerBound
            guard part.scalars(in: place) == passage.text else {
                isStale = true
                return nil
            }
        }
        return part
    }
}

extension String {
    /// The text over a range of Unicode scalars; nil where it is shorter.
    func scalars(in range: Range<Int>) -> String? {
        let all = unicodeScalars
        guard let start = all.index(all.startIndex, offsetBy: range.lowerBound, limitedBy: all.endIndex),
            let end = all.index(start, offsetBy: range.count, limitedBy: all.endIndex)
        else { return nil }
        return String(all[start..<end])
    }
}
