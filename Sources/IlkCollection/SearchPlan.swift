import IlkANN
import IlkFilter
import IlkVectors

/// How a search is answered, chosen before it runs from counts that are exact.
enum SearchPlan: Equatable {
    /// Every live vector, exactly.
    case scanAll(why: String)
    /// Just the points that pass the filter, exactly.
    case scanMatching(why: String)
    /// The graph; every point may be returned.
    case walk
    /// The graph; only points that pass the filter are returned. After `budget` distances it turns into the scan.
    case walkAdmitting(budget: Int)

    /// Distances that an unfiltered walk evaluates for one place of its candidate list.
    ///
    /// Measured on Fashion-MNIST (60,000 × 784, M=16): 12 to 15 between efSearch 16 and 256.
    static let distancesPerCandidate = 14

    /// A distance of a scan, which runs through memory, costs about half of one in a walk, which waits for it.
    static let scanDiscount = 2

    /// The cheaper way, for an index of `count` live vectors of which `matching` pass the filter; nil without one.
    static func choose(exact: Bool, count: Int, matching: Int?, efSearch: Int, isGraphUsable: Bool) -> SearchPlan {
        if let matching {
            if exact { return .scanMatching(why: "an exact search was asked for") }
            if !isGraphUsable { return .scanMatching(why: "the graph is being rebuilt") }
            // Of `count / matching` points that a walk meets, one passes.
            let walk = Double(efSearch * distancesPerCandidate) * Double(count) / Double(max(matching, 1))
            if Double(matching) <= walk * Double(scanDiscount) {
                return .scanMatching(
                    why: "scanning \(matching) points is cheaper than a walk of about \(Int(walk)) distances")
            }
            return .walkAdmitting(budget: matching)
        }
        if exact { return .scanAll(why: "an exact search was asked for") }
        if !isGraphUsable { return .scanAll(why: "the graph is being rebuilt") }
        if count <= efSearch * distancesPerCandidate * scanDiscount {
            return .scanAll(why: "scanning \(count) points is cheaper than a walk")
        }
        return .walk
    }

    var name: String {
        switch self {
        case .scanAll: "scan_all"
        case .scanMatching: "scan_matching"
        case .walk: "walk"
        case .walkAdmitting: "walk_admitting"
        }
    }

    var why: String {
        switch self {
        case .scanAll(let why), .scanMatching(let why): why
        case .walk: "no filter, and the graph is ready"
        case .walkAdmitting(let budget):
            "many points pass the filter; after \(budget) distances a scan of them is cheaper"
        }
    }
}
