import IlkCollection
import IlkFilter
import IlkProtocol
import IlkVectors

/// What may come next, as far as values of payload fields go: `max_per` and `scatter`.
///
/// Candidates are asked about again for each place that is given, so their values are looked up once, and are numbers from
/// then on.
struct PlacementRules {
    /// What a candidate has in a field, as numbers of values; the first stands apart, for most have no other.
    private struct Values {
        var first: Int32
        var others: [Int32] = []

        func allSatisfy(_ holds: (Int32) -> Bool) -> Bool {
            first < 0 || (holds(first) && others.allSatisfy(holds))
        }

        func sharesOne(with other: Values) -> Bool {
            !allSatisfy { own in other.allSatisfy { $0 != own } }
        }
    }

    /// A field that a rule names, with what candidates have there.
    private struct Field {
        let path: String
        /// By candidate; nil before it was asked for.
        var values: [Values?]
        var numbers: [FilterValue: Int32] = [:]
        /// By number of a value: how often it was taken.
        var taken: [Int] = []

        mutating func number(of value: FilterValue) -> Int32 {
            if let known = numbers[value] { return known }
            let number = Int32(taken.count)
            numbers[value] = number
            taken.append(0)
            return number
        }
    }

    private let ordinals: [Ordinal]
    private let view: ItemView
    private var fields: [Field] = []
    /// At most so many of a value, each with the place of its field.
    private var limits: [(field: Int, count: Int)] = []
    private var scatter: (field: Int, window: Int)?
    /// What those that were taken last have in the field of ``scatter``.
    private var recent: [Values] = []

    /// - Parameters:
    ///   - request: the rules.
    ///   - view: the collection.
    ///   - ordinals: of the candidates, which are asked about by their places here.
    init(_ request: MatchItems, _ view: ItemView, _ ordinals: [Ordinal]) {
        self.ordinals = ordinals
        self.view = view
        for (path, count) in request.maxPer { limits.append((place(of: path), count)) }
        scatter = request.scatter.map { (place(of: $0.field), $0.window) }
    }

    private mutating func place(of path: String) -> Int {
        if let known = fields.firstIndex(where: { $0.path == path }) { return known }
        fields.append(Field(path: path, values: [Values?](repeating: nil, count: ordinals.count)))
        return fields.count - 1
    }

    private mutating func values(_ field: Int, of candidate: Int) -> Values {
        if let known = fields[field].values[candidate] { return known }
        var found: [FilterValue] = []
        view.forEachValue(of: fields[field].path, at: [ordinals[candidate]]) { found.append($1) }
        var values = Values(first: -1)
        for (place, value) in found.enumerated() {
            let number = fields[field].number(of: value)
            if place == 0 { values.first = number } else { values.others.append(number) }
        }
        fields[field].values[candidate] = values
        return values
    }

    /// Whether a candidate breaks no `max_per`.
    mutating func allowsWithoutScatter(_ candidate: Int) -> Bool {
        for (field, count) in limits {
            let own = values(field, of: candidate)
            guard own.allSatisfy({ fields[field].taken[Int($0)] < count }) else { return false }
        }
        return true
    }

    /// Whether a candidate breaks no rule.
    mutating func allows(_ candidate: Int) -> Bool {
        guard allowsWithoutScatter(candidate) else { return false }
        guard let scatter else { return true }
        let own = values(scatter.field, of: candidate)
        return !recent.suffix(scatter.window - 1).contains { own.sharesOne(with: $0) }
    }

    /// Notes that a candidate has got a place.
    mutating func take(_ candidate: Int) {
        for (field, _) in limits {
            let own = values(field, of: candidate)
            _ = own.allSatisfy { value in
                fields[field].taken[Int(value)] += 1
                return true
            }
        }
        if let scatter { recent.append(values(scatter.field, of: candidate)) }
    }
}
