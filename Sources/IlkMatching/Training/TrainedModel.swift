import IlkCollaborative
package import IlkProtocol
import IlkVectors
import Synchronization

/// A model that answers: one of each kind at most.
enum TrainedModel: Sendable {
    case factors(TrainedFactors)
    case neighbors(NeighborTable)
    case ranker(any RankingModel)

    /// Makes it fast; it may be asked before and meanwhile.
    func link(threads: Int) {
        if case .factors(let factors) = self { factors.link(threads: threads) }
    }

    /// Items that it knows; a ranker knows none by name.
    var items: Int {
        switch self {
        case .factors(let factors): factors.items.count
        case .neighbors(let table): table.items.count
        case .ranker: 0
        }
    }
}

/// The kinds of models that are trained: those of channels, each with the one of its name, and the ranker.
package enum ModelKind: String, Sendable, CaseIterable {
    /// Factors by alternating least squares.
    case als
    /// Neighbors by the cosine of who chose them.
    case itemCF = "item_cf"
    /// Neighbors by Swing.
    case swing
    /// Neighbors by EASE.
    case ease
    /// What puts the candidates of all channels in order, learned from what was shown.
    case ranker

    /// The kind of a name.
    ///
    /// - Throws: `invalid_request` with the nearest name.
    package init(named name: String) throws(IlkError) {
        guard let kind = Self(rawValue: name) else {
            let names = Self.allCases.map(\.rawValue)
            let hint = NearestName.hint(for: name, among: names)
            throw IlkError(
                .invalidRequest,
                "no model \(name.quoted)\(hint.isEmpty ? "; there are \(names.joined(separator: ", "))" : hint)")
        }
        self = kind
    }
}

/// The models that answer now.
struct TrainedModels: Sendable {
    private var byKind: [ModelKind: TrainedModel] = [:]

    subscript(kind: ModelKind) -> TrainedModel? {
        get { byKind[kind] }
        set { byKind[kind] = newValue }
    }

    var factors: TrainedFactors? {
        if case .factors(let factors)? = byKind[.als] { factors } else { nil }
    }

    /// What is said to whoever asks a channel that has learned nothing yet.
    static func missing(_ kind: ModelKind) -> IlkError {
        IlkError(
            .notFound,
            "channel '\(kind.rawValue)' has no model yet; train one: match.train with \"models\":[\"\(kind.rawValue)\"]"
        )
    }

    /// What puts candidates in order; nil leaves the merged scores.
    var ranker: (any RankingModel)? {
        if case .ranker(let model)? = byKind[.ranker] { model } else { nil }
    }

    func neighbors(_ kind: ModelKind) -> NeighborTable? {
        if case .neighbors(let table)? = byKind[kind] { table } else { nil }
    }
}
