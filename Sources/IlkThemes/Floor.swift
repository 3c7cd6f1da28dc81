import IlkFilter
import IlkProtocol

/// A product on its way to a floor.
struct FloorCandidate: Sendable {
    var id: PointID
    var score: Double
    /// By path, what it has in the fields that floors are cut by or limited by.
    var values: [String: [FilterValue]] = [:]
    /// Of length 1; empty where it has none.
    var vector: [Float] = []
    /// The words of its first text field.
    var title = ""
}

/// One floor of a venue.
struct Floor: Sendable {
    var title: String
    /// What its products have in common, as `by` shows it: `{"category":"cups"}`, `{"cluster":3}`, `{"other":[…]}`.
    var by: JSONObject
    /// Places of its products among the candidates, best first.
    var products: [Int]
}

/// Products that belong together, before it is known whether they get a floor.
struct FloorGroup: Sendable {
    var title: String
    var by: JSONObject
    /// What stands for it in a list of merged groups.
    var value: JSONValue
    /// Places of its products among the candidates, best first.
    var members: [Int]
}
