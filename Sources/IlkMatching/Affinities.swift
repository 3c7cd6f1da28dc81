import IlkCollection
import IlkFilter
import IlkProtocol
import IlkVectors

/// What a person likes of a declared field: a share for each value, or a band of numbers.
struct Affinities: Sendable {
    /// A value of a keyword field, and its share of all that the person liked.
    struct Value: Sendable, Equatable {
        var field: String
        var value: FilterValue
        var share: Float
    }
    /// Where half of what the person liked lies in a field of numbers: the quartiles.
    struct Band: Sendable, Equatable {
        var field: String
        var low: Double
        var median: Double
        var high: Double
    }

    /// By field in the order of the schema, largest share first.
    var values: [Value] = []
    var bands: [Band] = []

    /// Items that are looked at, those with the largest weights.
    static let itemLimit = 200
    /// Values that are kept of a field.
    static let valueLimit = 10

    /// What the liked items of a taste have in common; without bands only what they have in fields of keywords.
    init(_ taste: Taste, _ view: ItemView, withBands: Bool = true) {
        let liked = taste.liked(Self.itemLimit).filter { taste.items[$0].ordinal != nil }
        guard !liked.isEmpty else { return }
        let ordinals = liked.compactMap { taste.items[$0].ordinal }
        let weights = liked.map { taste.items[$0].weight }
        let total = weights.reduce(0, +)
        for field in view.fields {
            switch field.kind {
            case .keyword:
                var sums: [FilterValue: Float] = [:]
                view.forEachValue(of: field.path, at: ordinals) { place, value in
                    sums[value, default: 0] += weights[place] / total
                }
                values += Self.values(of: field.path, sums)
            case .int, .float:
                guard withBands else { continue }
                let found = view.values(of: field.path, at: ordinals)
                if let band = Self.band(of: field.path, found, weights) { bands.append(band) }
            default: break
            }
        }
    }

    private static func values(of field: String, _ sums: [FilterValue: Float]) -> [Value] {
        let sorted = sums.sorted { a, b in a.value != b.value ? a.value > b.value : a.key < b.key }
        return sorted.prefix(valueLimit).map { Value(field: field, value: $0.key, share: $0.value) }
    }

    private static func band(of field: String, _ found: [[FilterValue]], _ weights: [Float]) -> Band? {
        var numbers: [(number: Double, weight: Float)] = []
        for (values, weight) in zip(found, weights) {
            guard let first = values.first, let number = first.number else { continue }
            numbers.append((number, weight))
        }
        guard !numbers.isEmpty else { return nil }
        numbers.sort { $0.number < $1.number }
        let total = numbers.reduce(0) { $0 + $1.weight }
        func quantile(_ share: Float) -> Double {
            var sum: Float = 0
            for (number, weight) in numbers {
                sum += weight
                if sum >= share * total { return number }
            }
            return numbers[numbers.count - 1].number
        }
        return Band(field: field, low: quantile(0.25), median: quantile(0.5), high: quantile(0.75))
    }
}

extension FilterValue {
    /// A number as a double.
    var number: Double? {
        guard case .number(let number) = self else { return nil }
        return switch number {
        case .int(let int): Double(int)
        case .uint(let uint): Double(uint)
        case .double(let double): double
        }
    }
}
