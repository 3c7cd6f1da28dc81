import IlkProtocol
import IlkVectors
import Synchronization

/// One caller's texts on their way through the queue.
final class EmbeddingRequest: Sendable {
    typealias Completion = @Sendable (Result<[TextVector], IlkError>) -> Void

    let model: EmbeddingModel
    let task: EmbeddingTask
    /// Components that the caller gets.
    let dimension: Int
    /// What all texts weigh in the queue.
    let estimatedTokens: Int
    /// The lane it goes by: an interactive task that would keep others waiting is a bulk one.
    let lane: EmbeddingLane
    private let cancellation: EmbeddingCancellation?
    private let state: Mutex<State>

    private struct State {
        var results: [TextVector?]
        var missing: Int
        /// Nil once it was called.
        var completion: Completion?
    }

    init(
        model: EmbeddingModel, task: EmbeddingTask, dimension: Int, cancellation: EmbeddingCancellation?,
        completion: @escaping Completion
    ) {
        self.model = model
        self.task = task
        self.dimension = dimension
        self.cancellation = cancellation
        estimatedTokens = task.texts.reduce(0) { $0 + Self.estimate($1, model) }
        lane = estimatedTokens > Self.interactiveTokens ? .bulk : task.lane
        state = Mutex(
            State(
                results: [TextVector?](repeating: nil, count: task.texts.count), missing: task.texts.count,
                completion: completion))
    }

    /// About two seconds of work for one core and a model of e5's size.
    private static let interactiveTokens = 4_096

    /// Tokens that a text will have, near enough for limits and batches: a token has three to five bytes in most languages.
    static func estimate(_ text: String, _ model: EmbeddingModel) -> Int {
        min(text.utf8.count / 4 + 4, model.maximumTokens ?? .max)
    }

    /// Whether nobody waits for the rest any more.
    var isOver: Bool { cancellation?.isCancelled == true || state.withLock { $0.completion == nil } }

    /// Takes the vectors of some texts; after the last one the caller gets all.
    func deliver(_ vectors: [(place: Int, vector: TextVector)]) {
        let done: (Completion, [TextVector])? = state.withLock { state in
            guard state.completion != nil else { return nil }  // it failed meanwhile
            for (place, vector) in vectors where state.results[place] == nil {
                state.results[place] = vector
                state.missing -= 1
            }
            guard state.missing == 0, let completion = state.completion else { return nil }
            state.completion = nil
            defer { state.results = [] }
            return (completion, state.results.compactMap { $0 })
        }
        if let (completion, results) = done { completion(.success(results)) }
    }

    /// Ends the request; only the first reason is heard.
    func fail(_ error: IlkError) {
        let completion = state.withLock { state in
            defer {
                state.completion = nil
                state.results = []
                state.missing = 0
            }
            return state.completion
        }
        completion?(.failure(error))
    }

    static let cancelled = IlkError(
        .cancelled, "the embedding was cancelled; what was embedded before stays in the cache")

    /// What identifies the vector of one of the texts, before it is cut to fewer components.
    func key(_ place: Int) -> VectorKey {
        var bytes = Array(model.fingerprint.utf8)
        bytes += [0, task.kind == .query ? 1 : 2]
        bytes += task.texts[place].utf8
        let (high, low) = unsafe bytes.withUnsafeBytes { unsafe Checksum.wide($0) }
        return VectorKey(high: high, low: low)
    }
}
