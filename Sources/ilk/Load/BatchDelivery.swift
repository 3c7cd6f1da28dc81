import Foundation
import IlkDatasets
import IlkProtocol

/// Stores a batch whatever it takes: waits while the daemon is overloaded, and parts a batch that is refused until only
/// the records are left out that are to blame.
struct BatchDelivery: Sendable {
    let sink: any PointSink
    let collection: String
    /// When the daemon is to answer.
    let acknowledgement: WriteWait
    let waiting: Waiting
    /// How long an overloaded or loading daemon is asked again, before the load gives up.
    private static let patience = Duration.seconds(600)
    /// How long it is asked where it says only that this may help: somebody must make room on a full disk first.
    private static let shortPatience = Duration.seconds(10)

    func deliver(_ batch: Batch) async throws -> BatchOutcome {
        var outcome = BatchOutcome()
        outcome.refused = batch.refused
        let began = ContinuousClock.now
        try await deliver(batch, 0..<batch.points.count, into: &outcome, hints: 8)
        outcome.duration = ContinuousClock.now - began
        return outcome
    }

    /// Delivers a part of a batch.
    ///
    /// The place that an error names is taken at its word `hints` times; then halving is quicker, which costs 2 log n
    /// requests for one bad record and 2 n for n of them.
    private func deliver(_ batch: Batch, _ range: Range<Int>, into outcome: inout BatchOutcome, hints: Int) async throws
    {
        guard !range.isEmpty else { return }
        do {
            outcome.sequence = max(outcome.sequence, try await upsert(Array(batch.points[range])))
            outcome.loaded += range.count
            outcome.lastID = batch.points[range.upperBound - 1].id
        } catch let error as IlkError where Self.blamesPoints(error) {
            if error.code == .tooLarge { outcome.wasTooLarge = true }
            if range.count == 1 { return refuse(batch, range.lowerBound, error, &outcome) }
            if hints > 0, let place = Self.place(in: error.message), place < range.count {
                // The first bad one is named: those before it are good.
                let bad = range.lowerBound + place
                try await deliver(batch, range.lowerBound..<bad, into: &outcome, hints: hints - 1)
                refuse(batch, bad, error, &outcome)
                return try await deliver(batch, bad + 1..<range.upperBound, into: &outcome, hints: hints - 1)
            }
            let middle = range.lowerBound + range.count / 2
            try await deliver(batch, range.lowerBound..<middle, into: &outcome, hints: 0)
            try await deliver(batch, middle..<range.upperBound, into: &outcome, hints: 0)
        }
    }

    private func refuse(_ batch: Batch, _ place: Int, _ error: IlkError, _ outcome: inout BatchOutcome) {
        outcome.refused.append(
            batch.origins[place].refused(because: Self.withoutPlace(error.message), id: batch.points[place].id))
    }

    /// Sends once more and later again while the daemon says that this may help.
    ///
    /// - Throws: `CancellationError` where the load is interrupted meanwhile.
    private func upsert(_ points: [UpsertPoint]) async throws -> Int {
        let began = ContinuousClock.now
        var wait = Duration.milliseconds(20)
        while true {
            do {
                return try await sink.upsert(points, into: collection, wait: acknowledgement)
            } catch let error as IlkError where error.retryable {
                let willEnd = error.code == .overloaded || error.momentaryWait != nil
                guard ContinuousClock.now - began < (willEnd ? Self.patience : Self.shortPatience) else { throw error }
                let asked = error.retryAfterMilliseconds.map { Duration.milliseconds($0) } ?? .zero
                try await waiting.sleep(for: max(wait, asked), because: error.message, since: began)
                wait = min(wait * 2, .seconds(2))
            }
        }
    }

    /// Whether the points of a batch are to blame for an error, rather than the collection or the daemon.
    private static func blamesPoints(_ error: IlkError) -> Bool {
        switch error.code {
        case .invalidRequest, .dimensionMismatch, .modelMismatch, .tooLarge: true
        // A vector field that the collection does not have.
        case .notFound: error.message.contains("vector field")
        default: false
        }
    }

    /// A message without `points[3] (id 7): ` before it: the row in the file is told beside it.
    static func withoutPlace(_ message: String) -> String {
        guard message.hasPrefix("points["), let end = message.range(of: "): ") else { return message }
        return String(message[end.upperBound...])
    }

    /// The place that a message such as `points[3] (id 7): …` names.
    static func place(in message: String) -> Int? {
        guard let start = message.range(of: "points[") else { return nil }
        return Int(message[start.upperBound...].prefix { $0.isASCII && $0.isNumber })
    }
}
