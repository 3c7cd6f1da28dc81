import IlkANN
import IlkFilter
import IlkVectors

/// How a search is answered, chosen before it runs from counts that are exact.
package enum SearchPlan: Equatable {
    /// Every live vector.
    case scanAll(why: String)
    /// Just the points that pass the filter.
    case scanMatching(why: String)
    /// The graph; every point may be returned.
    case walk
    /// The graph; only points that pass the filter are returned. Where too few are near, it turns into the scan.
    case walkAdmitting
    /// The nearest inverted lists; every point may be returned.
    case lists
    /// The nearest inverted lists, as many more of them as fewer points pass; only these are returned.
    case listsAdmitting

    /// Distances that an unfiltered walk evaluates for one place of its candidate list.
    ///
    /// Measured on Fashion-MNIST (60,000 × 784, M=16): 12 to 15 between efSearch 16 and 256.
    static let distancesPerCandidate = 14

    /// What is known when a plan is chosen.
    package struct Situation {
        package var isExact: Bool
        /// Live vectors.
        package var count: Int
        /// Of these, the ones that pass the filter; nil without one.
        package var matching: Int?
        package var efSearch: Int
        package var isGraphUsable: Bool
        /// Whether scans and walks read codes.
        package var hasCodes: Bool
        /// Whether searches go to inverted lists in place of the graph.
        package var hasLists: Bool
        /// What share of the points near the query passes: that of all, until it is looked at.
        package var share: Double

        package init(
            isExact: Bool, count: Int, matching: Int?, efSearch: Int, isGraphUsable: Bool, hasCodes: Bool,
            hasLists: Bool = false
        ) {
            self.isExact = isExact
            self.count = count
            self.matching = matching
            self.efSearch = efSearch
            self.isGraphUsable = isGraphUsable
            self.hasCodes = hasCodes
            self.hasLists = hasLists
            share = Double(matching ?? count) / Double(max(count, 1))
        }

        /// The width in which as many points that pass are to be expected as there are in the width asked for without a filter.
        var width: Int { min(count, Int(Double(efSearch) / max(share, 1e-6))) }

        /// How many distances of a scan cost as much as one in a walk.
        ///
        /// A scan runs through memory, where a walk waits for it. On 200,000 × 384 a walk's took 0.07 to 0.15 µs, a scan's 0.07 of
        /// vectors and 0.03 of codes.
        var scanAdvantage: Int { hasCodes ? 3 : 2 }

        /// Entries of lists that a search looks at.
        var listed: Int { min(count, width * VectorIndex.entriesPerWidth) }

        /// How many entries of a list cost as much as one code of a scan.
        ///
        /// They have a sixth of its bytes and are read one after the other: at 384 dimensions 3.2 ns and 27 ns were measured.
        static let listAdvantage = 8
    }

    /// The cheaper way.
    package static func choose(_ situation: Situation) -> SearchPlan {
        let count = situation.count
        guard let matching = situation.matching else {
            if situation.isExact { return .scanAll(why: "an exact search was asked for") }
            if situation.hasLists { return .lists }
            if !situation.isGraphUsable { return .scanAll(why: "the graph is being rebuilt") }
            // A walk that admits all keeps no heap.
            if count <= situation.efSearch * distancesPerCandidate * 2 {
                return .scanAll(why: "scanning \(count) points is cheaper than a walk")
            }
            return .walk
        }
        if situation.isExact { return .scanMatching(why: "an exact search was asked for") }
        if situation.hasLists {
            let listed = situation.listed
            if matching * Situation.listAdvantage <= listed {
                return .scanMatching(why: "scanning \(matching) points is cheaper than \(listed) entries of lists")
            }
            return .listsAdmitting
        }
        if !situation.isGraphUsable { return .scanMatching(why: "the graph is being rebuilt") }
        let walk = situation.width * distancesPerCandidate
        if matching <= walk * situation.scanAdvantage {
            return .scanMatching(why: "scanning \(matching) points is cheaper than a walk of about \(walk) distances")
        }
        return .walkAdmitting
    }

    /// Whether it asks of the points it meets whether they pass.
    var isAdmitting: Bool {
        switch self {
        case .walkAdmitting, .listsAdmitting: true
        case .scanAll, .scanMatching, .walk, .lists: false
        }
    }

    package var name: String {
        switch self {
        case .scanAll: "scan_all"
        case .scanMatching: "scan_matching"
        case .walk: "walk"
        case .walkAdmitting: "walk_admitting"
        case .lists: "lists"
        case .listsAdmitting: "lists_admitting"
        }
    }

    var why: String {
        switch self {
        case .scanAll(let why), .scanMatching(let why): why
        case .walk: "no filter, and the graph is ready"
        case .walkAdmitting: "many points pass the filter"
        case .lists: "no filter, and on these vectors lists are faster than the graph"
        case .listsAdmitting: "many points pass the filter, and on these vectors lists are faster than the graph"
        }
    }
}
