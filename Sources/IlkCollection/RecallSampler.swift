import IlkANN
import IlkFilter
import IlkProtocol
import IlkVectors
import Synchronization

/// Makes a small share of the searches that came in again, exactly, while the writer has nothing to do.
///
/// So it is known what recall people really get. Searches are told apart by vector field and by the payload fields that they filter by.
final class RecallSampler: Sendable {
    /// A search that was answered by a walk.
    struct Sample: Sendable {
        var field: Int
        var query: [Float]
        /// The point that it started from, which is no hit of its own.
        var origin: Ordinal?
        var filter: FilterExpression?
        var found: [Neighbor]
        var k: Int
        /// The recall it asked for.
        var asked: Double?
        /// When it was answered: what was written since may have other neighbors.
        var moment: UInt64
    }

    /// Searches of one kind.
    struct Kind: Hashable, Comparable, Sendable {
        var field: String
        /// Payload fields of the filter, in order; empty without one.
        var paths: [String]

        static func < (a: Self, b: Self) -> Bool {
            (a.field, a.paths.joined(separator: " ")) < (b.field, b.paths.joined(separator: " "))
        }
    }

    /// What was measured of one kind.
    struct Tally: Sendable {
        private(set) var searches = 0.0
        private var sum = 0.0
        private var sumOfSquares = 0.0
        private var asking = 0.0
        private var sumOfAsked = 0.0

        var recall: Double { searches == 0 ? 0 : sum / searches }

        var standardError: Double {
            guard searches > 1 else { return 1 }
            return (max(0, sumOfSquares / searches - recall * recall) / (searches - 1)).squareRoot()
        }

        /// The mean recall asked for, where every search asked for one.
        var asked: Double? { asking == searches && asking > 0 ? sumOfAsked / asking : nil }

        mutating func add(_ recall: Double, asked: Double?) {
            // The past fades, so that what is said holds for the last thousands.
            if searches >= 4_000 {
                searches /= 2
                sum /= 2
                sumOfSquares /= 2
                asking /= 2
                sumOfAsked /= 2
            }
            searches += 1
            sum += recall
            sumOfSquares += recall * recall
            guard let asked else { return }
            asking += 1
            sumOfAsked += asked
        }

        /// Whether less is found than was asked for, beyond what chance explains.
        var isBreached: Bool {
            guard let asked, searches >= 50 else { return false }
            return recall + 3 * standardError < asked
        }
    }

    private struct State {
        var waiting: [Sample] = []
        var tallies: [Kind: Tally] = [:]
    }

    private let state = Mutex(State())
    private let searches = Atomic<UInt64>(0)

    /// No more wait than are measured in one go.
    private static let waitingLimit = 8
    /// Kinds that are told apart.
    private static let kindLimit = 256

    /// Counts a search, and takes it where its turn has come.
    func offer(_ sample: () -> Sample) {
        // One of 32, at no regular distance: kinds of searches that take turns shall all come up.
        let number = searches.add(1, ordering: .relaxed).newValue
        var random = SplitMix64(seed: number)
        guard random.next() >> 59 == 0 else { return }
        guard state.withLock({ $0.waiting.count < Self.waitingLimit }) else { return }
        let sample = sample()
        state.withLock { if $0.waiting.count < Self.waitingLimit { $0.waiting.append(sample) } }
    }

    var hasSamples: Bool { state.withLock { !$0.waiting.isEmpty } }

    /// Measures what waits, while nothing is to be written.
    ///
    /// That searches get less than they ask for is an issue.
    func measure(in content: CollectionContent) {
        let samples = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for sample in samples {
            guard let recall = recall(of: sample, in: content) else { continue }
            let kind = Kind(
                field: content.schema.vectors[sample.field].name, paths: sample.filter?.paths.sorted() ?? [])
            state.withLock { state in
                guard state.tallies[kind] != nil || state.tallies.count < Self.kindLimit else { return }
                var tally = state.tallies[kind] ?? Tally()
                tally.add(recall, asked: sample.asked)
                if tally.isBreached {
                    note(tally, of: kind, in: content.issues)
                } else {
                    content.issues.end(.recall(kind))
                }
                state.tallies[kind] = tally
            }
        }
    }

    private func note(_ tally: Tally, of kind: Kind, in issues: IssueBook) {
        func percent(_ share: Double) -> String { "\((share * 1_000).rounded() / 10) %" }
        let filter = kind.paths.isEmpty ? "" : " filtered by \(kind.paths.joined(separator: ", "))"
        issues.note(
            .recall(kind),
            "searches of '\(kind.field)'\(filter) find \(percent(tally.recall)) of the nearest and ask for \(percent(tally.asked ?? 1))",
            do: "ask for more, send 'exact', or rebuild the graph with collection.rebuild")
    }

    /// What has been measured, by kind.
    var tallies: [(kind: Kind, tally: Tally)] {
        state.withLock { $0.tallies }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The share of the true neighbors that a search found; nil if points were written since it was answered.
    private func recall(of sample: Sample, in content: CollectionContent) -> Double? {
        guard content.epoch.isStill(sample.moment, .memory), content.expiry.expired() == nil else { return nil }
        let index = content.indexes[sample.field]
        let k = sample.k + (sample.origin == nil ? 0 : 1)
        let truth: SearchOutcome
        if let filter = sample.filter {
            guard let matching = try? content.matching(filter) else { return nil }
            truth = index.scan(sample.query.span, k: k, among: matching.ordinals)
        } else {
            truth = index.scan(sample.query.span, k: k)
        }
        // Something was written beside the scan.
        guard content.epoch.isStill(sample.moment, .memory) else { return nil }
        let nearest = Array(truth.neighbors.filter { $0.ordinal != sample.origin }.prefix(sample.k))
        return IlkVectors.recall(of: sample.found, against: nearest)
    }
}

extension RecallSampler {
    /// What has been measured, as `stats` shows it.
    var json: JSONValue {
        func rounded(_ value: Double) -> JSONValue { .double((value * 1e4).rounded() / 1e4) }
        return .array(
            tallies.map { kind, tally in
                .object(
                    JSONObject([
                        ("using", .string(kind.field)), ("filter_fields", .array(kind.paths.map { .string($0) })),
                        ("searches", .int(Int64(tally.searches))), ("recall", rounded(tally.recall)),
                        ("error", rounded(tally.standardError)), ("asked", tally.asked.map(rounded) ?? .null),
                    ]))
            })
    }
}
