import IlkCollection
import IlkProtocol
import Synchronization

extension Engine {
    func search(_ request: SearchRequest, _ answer: Answer) {
        let collection: VectorCollection
        do throws(IlkError) { collection = try registry.collection(request.collection) } catch {
            return answer.fail(error)
        }
        guard case .text = request.query else { return search(request, embedded: nil, in: collection, answer) }
        let embedding: @Sendable () -> Void = { [self] in
            collection.embedTexts(of: [request]) { [self] result in
                switch result {
                case .failure(let error): answer.fail(error)
                case .success(let embedded): search(request, embedded: embedded.first ?? nil, in: collection, answer)
                }
            }
        }
        if collection.isModelOpen(for: request) { embedding() } else { later(answer, embedding) }
    }

    /// Searches once the text, if there is one, has its vector.
    private func search(
        _ request: SearchRequest, embedded: EmbeddedText?, in collection: VectorCollection, _ answer: Answer
    ) {
        let work: @Sendable () -> Void = { [self] in
            let began = monotonicNanoseconds()
            do throws(IlkError) {
                let found = try collection.search(request, embedded: embedded)
                if let refusal = tooLarge(found.hits.replyBytes) { throw refusal }
                let searched = monotonicNanoseconds()
                answer.succeed { writer in
                    writer.searchReply(found, base64: request.isBase64, microseconds: answer.microseconds)
                }
                metrics.record(.search, nanoseconds: searched - began)
                metrics.record(.write, nanoseconds: monotonicNanoseconds() - searched)
            } catch {
                answer.fail(error)
            }
        }
        if collection.isQuick(request) { work() } else { later(answer, work) }
    }

    /// The searches of a batch are taken one by one by as many workers as are free.
    func searchBatch(_ batch: SearchBatch, _ answer: Answer) {
        let collection: VectorCollection
        do throws(IlkError) { collection = try registry.collection(batch.collection) } catch {
            return answer.fail(error)
        }
        let start: @Sendable ([EmbeddedText?]) -> Void = { [self] texts in
            let run = BatchRun(
                collection: collection, searches: batch.searches, texts: texts, answer: answer, refusal: tooLarge)
            later(answer, upTo: batch.searches.count) { run.work() }
        }
        let isByText = batch.searches.contains { if case .text = $0.query { true } else { false } }
        guard isByText else { return start([]) }
        later(answer) {
            collection.embedTexts(of: batch.searches) { result in
                switch result {
                case .failure(let error): answer.fail(error)
                case .success(let texts): start(texts)
                }
            }
        }
    }
}

/// A `search.batch` on its way.
private final class BatchRun: Sendable {
    private struct Outcome {
        var replies: [(reply: SearchReply, microseconds: Int)?]
        var bytes = 0
        var finished = 0
        var failure: (place: Int, error: IlkError)?
    }

    private let collection: VectorCollection
    private let searches: [SearchRequest]
    private let texts: [EmbeddedText?]
    private let answer: Answer
    private let refusal: @Sendable (_ bytes: Int) -> IlkError?
    private let next = Atomic(0)
    private let outcome: Mutex<Outcome>

    /// A batch that is refused where `refusal` says that a reply of so many bytes is too much.
    init(
        collection: VectorCollection, searches: [SearchRequest], texts: [EmbeddedText?], answer: Answer,
        refusal: @escaping @Sendable (_ bytes: Int) -> IlkError?
    ) {
        self.collection = collection
        self.searches = searches
        self.texts = texts
        self.answer = answer
        self.refusal = refusal
        outcome = Mutex(Outcome(replies: Array(repeating: nil, count: searches.count)))
    }

    /// Takes searches until none is left; whoever finishes the last one answers.
    func work() {
        if searches.isEmpty { return finish(Outcome(replies: [])) }
        while true {
            let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard place < searches.count else { return }
            let began = monotonicNanoseconds()
            let result: Result<SearchReply, IlkError>
            // Once a search was refused, the others are not worth their time: the batch will be refused.
            if outcome.withLock({ $0.failure != nil }) {
                result = .failure(IlkError(.cancelled, "another search of the batch was refused"))
            } else {
                do throws(IlkError) {
                    let text = texts.isEmpty ? nil : texts[place]
                    result = .success(try collection.search(searches[place], embedded: text))
                } catch {
                    result = .failure(error)
                }
            }
            let microseconds = Int((monotonicNanoseconds() - began) / 1_000)
            let complete: Outcome? = outcome.withLock { outcome in
                outcome.finished += 1
                switch result {
                case .success(let reply):
                    outcome.bytes += reply.hits.replyBytes
                    if let refusal = refusal(outcome.bytes) {
                        outcome.failure = outcome.failure ?? (place, refusal)
                        outcome.replies = Array(repeating: nil, count: searches.count)
                    } else {
                        outcome.replies[place] = (reply, microseconds)
                    }
                case .failure(let error): if outcome.failure == nil { outcome.failure = (place, error) }
                }
                return outcome.finished == searches.count ? outcome : nil
            }
            if let complete { return finish(complete) }
        }
    }

    private func finish(_ outcome: Outcome) {
        if let (place, error) = outcome.failure {
            var named = error
            named.message = "searches[\(place)]: \(error.message)"
            return answer.fail(named)
        }
        answer.succeed { writer in
            writer.beginObject()
            writer.key("results")
            writer.beginArray()
            for (search, result) in zip(searches, outcome.replies) {
                guard let result else { continue }
                writer.searchReply(result.reply, base64: search.isBase64, microseconds: result.microseconds)
            }
            writer.endArray()
            writer.key("took_us")
            writer.int(answer.microseconds)
            writer.endObject()
        }
    }
}
