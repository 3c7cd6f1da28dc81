import IlkProtocol

/// Embeds one slice: looks its texts up, reads those that are new, runs them through the model, and delivers.
struct SliceRun {
    let slice: EmbeddingQueue.Slice
    let lane: EmbeddingLane
    let statistics: EmbeddingStatistics
    let cache: (any VectorCache)?

    /// A text that has to be embedded.
    private struct Item {
        var request: EmbeddingRequest
        var place: Int
        var key: VectorKey
        var text: PreparedText
    }

    /// Below this, a second thread costs more than it gains.
    private static let tokensWorthThreads = 64

    func run(threads: Int, tokenLimit: Int) {
        let start = EmbeddingStatistics.now()
        var items = prepare()
        var tokens = 0
        // The slice was cut by an estimate; where it was too low, it is done in several batches.
        while !items.isEmpty {
            var count = 0
            var batchTokens = 0
            while count < items.count, batchTokens < tokenLimit {
                batchTokens += items[count].text.ids.count
                count += 1
            }
            let batch = Array(items[..<count])
            items.removeFirst(count)
            embed(batch, threads: batchTokens < Self.tokensWorthThreads ? 1 : threads)
            tokens += batchTokens
            // A cancelled import should not hold a thread for the rest of its slice.
            items.removeAll { $0.request.isOver }
        }
        for part in slice.parts where part.request.isOver { part.request.fail(EmbeddingRequest.cancelled) }
        statistics.count(
            texts: slice.parts.reduce(0) { $0 + $1.texts.count }, tokens: tokens, lane: lane,
            nanoseconds: EmbeddingStatistics.now() - start)
    }

    /// Delivers what the cache has, and reads the other texts.
    private func prepare() -> [Item] {
        var items: [Item] = []
        for (request, texts) in slice.parts {
            let task = request.task
            let keys = texts.map { request.key($0) }
            let known = cache?.vectors(keys) ?? [CachedVector?](repeating: nil, count: keys.count)
            var ready: [(place: Int, vector: TextVector)] = []
            for (place, (key, known)) in zip(texts, zip(keys, known)) {
                if let known, known.vector.count == slice.model.dimension, !known.truncated || task.truncate == .end {
                    ready.append((place, vector(known, for: request, fromCache: true)))
                    continue
                }
                do throws(IlkError) {
                    if let text = try read(task.texts[place], task) {
                        items.append(Item(request: request, place: place, key: key, text: text))
                    } else {
                        ready.append((place, TextVector(vector: [], tokens: 0, truncated: false, fromCache: false)))
                    }
                } catch {
                    request.fail(
                        IlkError(error.code, task.texts.count > 1 ? "text \(place): \(error.message)" : error.message))
                    items.removeAll { $0.request === request }
                    ready = []
                    break
                }
            }
            statistics.count(hits: known.count { $0 != nil }, misses: known.count { $0 == nil })
            request.deliver(ready)
        }
        return items
    }

    private func read(_ text: String, _ task: EmbeddingTask) throws(IlkError) -> PreparedText? {
        switch task.blanks {
        case .refuse: try slice.model.prepare(text, kind: task.kind, truncate: task.truncate)
        case .pass: try slice.model.prepareUnlessBlank(text, kind: task.kind, truncate: task.truncate)
        }
    }

    private func embed(_ items: [Item], threads: Int) {
        let vectors: [[Float]]
        do throws(IlkError) {
            vectors = try slice.model.embed(items.map(\.text), threads: threads)
        } catch {
            for item in items { item.request.fail(error) }
            return
        }
        let results = zip(items, vectors).map { item, vector in
            CachedVector(vector: vector, tokens: item.text.tokens, truncated: item.text.truncated)
        }
        cache?.insert(zip(items, results).map { ($0.key, $1) })
        var place = 0
        while place < items.count {
            let request = items[place].request
            var ready: [(place: Int, vector: TextVector)] = []
            while place < items.count, items[place].request === request {
                ready.append((items[place].place, vector(results[place], for: request, fromCache: false)))
                place += 1
            }
            request.deliver(ready)
        }
    }

    private func vector(_ value: CachedVector, for request: EmbeddingRequest, fromCache: Bool) -> TextVector {
        TextVector(
            vector: EmbeddingModel.shortened(value.vector, to: request.dimension), tokens: value.tokens,
            truncated: value.truncated, fromCache: fromCache)
    }
}
