import ArgumentParser
import IlkProtocol

/// A text to search for, and how.
struct TextQueryOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("What to find, in words; quote it.", valueName: "text")) var words: String?
    @Option(help: ArgumentHelp("The same, for a text that begins with a dash.", valueName: "text")) var text: String?
    @Option(help: "By meaning (dense), by words (lexical) or by both (hybrid); default: all that the collection has.")
    var mode: SearchMode?
    @Option(
        help: ArgumentHelp(
            "How much each ranking of a hybrid search counts, such as dense=1,lexical=0.5.",
            valueName: "leg=weight,…"))
    var weights: LegArgument?
    @Option(
        help: ArgumentHelp(
            "Only hits that have this score in a ranking, such as dense=0.8,lexical=3.",
            valueName: "leg=score,…"))
    var minScore: LegArgument?
    @Flag(help: "Show where the texts match the words, marked.") var highlight = false

    func validate() throws {
        guard words == nil || text == nil else { throw ValidationError("Give the text as an argument or as --text.") }
        guard query?.isEmpty != true else { throw ValidationError("The text is empty; say what to find.") }
    }

    var query: String? { text ?? words }

    /// The parameters of `search` for the text.
    var parameters: [(String, JSONValue)] {
        var params: [(String, JSONValue)] = []
        if let query { params.append(("text", .string(query))) }
        if let mode { params.append(("mode", .string(mode.rawValue))) }
        if let weights { params.append(("weights", weights.json)) }
        if let minScore { params.append(("min_score", minScore.json)) }
        if highlight { params.append(("highlight", .bool(true))) }
        return params
    }
}

/// Numbers for the legs of a hybrid search: `dense=1,lexical=0.5`.
struct LegArgument: ExpressibleByArgument {
    private let numbers: [(leg: String, number: Double)]

    init?(argument: String) {
        var numbers: [(leg: String, number: Double)] = []
        for piece in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = piece.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, ["dense", "lexical"].contains(parts[0]), let number = Double(parts[1]),
                number.isFinite, !numbers.contains(where: { $0.leg == parts[0] })
            else { return nil }
            numbers.append((parts[0], number))
        }
        self.numbers = numbers
    }

    var json: JSONValue { .object(JSONObject(numbers.map { ($0.leg, .double($0.number)) })) }
}
