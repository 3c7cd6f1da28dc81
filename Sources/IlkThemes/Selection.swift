import IlkCollection
import IlkFilter
import IlkLexical
import IlkProtocol

/// A product that was selected for a theme.
struct SelectedProduct: Sendable {
    var id: PointID
    /// 0 to 1, and a little beyond where quality weighs.
    var score: Double
    /// Where each way has it, from 1.
    var ranks: [SelectionWay: Int] = [:]
    /// How near its vector is to the theme's.
    var meaning: Float?
    /// What it has in the fields of the indicators, in their order.
    var values: [FilterValue?] = []
}

/// What was selected for a theme, best first, and how.
struct Selection: Sendable {
    var products: [SelectedProduct]
    /// The ways that were gone.
    var ways: [SelectionWay]
    /// Points that may be selected at all.
    var passing: Int
    var rules: ResolvedRules
    var expansion: Expansion
    /// What was looked for by words.
    var texts: [WeightedText]
    var field: Int?
}

/// What was added to a theme that had no expansions.
struct Expansion: Sendable, Equatable {
    /// Values of keyword fields near to the theme.
    var values: [AttributeValue] = []
    /// Words that the best products have in common.
    var words: [WeightedText] = []

    struct AttributeValue: Sendable, Equatable {
        var path: String
        var value: String
        var similarity: Float
    }

    var json: JSONObject {
        JSONObject([
            (
                "values",
                .array(
                    values.map {
                        .object(
                            JSONObject([
                                ("field", .string($0.path)), ("value", .string($0.value)),
                                ("similarity", .short(Double($0.similarity))),
                            ]))
                    })
            ),
            (
                "words",
                .array(
                    words.map {
                        .object(JSONObject([("word", .string($0.text)), ("weight", .short(Double($0.weight)))]))
                    })
            ),
        ])
    }
}
