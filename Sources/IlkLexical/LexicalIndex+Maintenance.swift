import Synchronization

extension LexicalIndex {
    /// One bounded step of merging segments; the writer calls it when it has nothing else to do.
    ///
    /// - Returns: false when there is nothing left to do.
    @discardableResult
    package func maintain(postings: Int = 1 << 18) -> Bool {
        writing.withLock { writing in
            if writing.merge == nil { beginMerge(of: untidy(), &writing) }
            return advanceMerge(postings: postings, &writing)
        }
    }

    /// Makes a segment of the tail, and goes on merging in proportion.
    func seal(termCapacity: Int, _ writing: inout Writing) {
        let (tail, count, averages) = state.withLock { ($0.tail, $0.tailCount, $0.statistics.averages) }
        let segment = tail.sealed(count: count, fields: fields, parameters: parameters, averages: averages)
        writing.locate(all: segment)
        state.withLock { state in
            if segment.documentCount > 0 { state.segments = state.segments + [segment] }
            state.tail = Tail(fieldCount: fields.count, termCapacity: termCapacity)
            state.tailCount = 0
        }
        if writing.merge == nil { beginMerge(of: crowdedLevel(), &writing) }
        // A posting is merged once a level, and there are few levels: more than comes in, so that merging keeps up.
        advanceMerge(postings: 8 * segment.columns.forward.count, &writing)
    }

    /// How many segments of like size there may be before they are merged.
    private static let fanOut = 8

    /// The segments of the smallest level that has too many.
    private func crowdedLevel() -> [Segment] {
        let segments = state.withLock { $0.segments }
        var levels: [Int: [Segment]] = [:]
        for segment in segments {
            var level = 0
            var size = segment.documentCount / Tail.limit
            while size >= Self.fanOut {
                size /= Self.fanOut
                level += 1
            }
            levels[level, default: []].append(segment)
        }
        return levels.filter { $0.value.count >= Self.fanOut }.min { $0.key < $1.key }?.value ?? []
    }

    /// What an idle index tidies up: small segments beside each other, or one with many removed documents.
    private func untidy() -> [Segment] {
        let segments = state.withLock { $0.segments }.sorted { $0.documentCount > $1.documentCount }
        var smaller = segments.reduce(0) { $0 + $1.documentCount }
        for (place, segment) in segments.enumerated() {
            smaller -= segment.documentCount
            let group = Array(segments[place...])
            if segment.documentCount < 4 * smaller, SegmentMerge.fits(group) { return group }
        }
        return segments.first { $0.removedCount * 4 > $0.documentCount }.map { [$0] } ?? []
    }

    private func beginMerge(of segments: [Segment], _ writing: inout Writing) {
        guard !segments.isEmpty, SegmentMerge.fits(segments) else { return }
        let averages = state.withLock { $0.statistics.averages }
        writing.merge = SegmentMerge(segments, fields: fields, parameters: parameters, averages: averages)
    }

    @discardableResult
    private func advanceMerge(postings: Int, _ writing: inout Writing) -> Bool {
        guard var merge = writing.merge.take() else { return false }
        guard merge.advance(postings: postings) else {
            writing.merge = consume merge
            return true
        }
        let inputs = Set(merge.inputs.map(ObjectIdentifier.init))
        let merged = merge.finish()
        writing.locate(all: merged)
        state.withLock { state in
            let others = state.segments.filter { !inputs.contains(ObjectIdentifier($0)) }
            state.segments = merged.liveCount > 0 ? others + [merged] : others
        }
        return true
    }
}

extension LexicalIndex.Writing {
    /// Notes that the live documents of a segment are there now.
    mutating func locate(all segment: Segment) {
        for document in 0..<segment.documentCount where !segment.isRemoved(document) {
            locations[segment.columns.ordinals[document]] = LexicalIndex.Location(
                segment: segment, document: document)
        }
    }
}
