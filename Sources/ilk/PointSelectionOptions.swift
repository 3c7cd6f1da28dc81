import ArgumentParser
import IlkProtocol

/// The points that a command changes: by id or by filter.
struct PointSelectionOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The ids. \(PointArgument.explanation)", valueName: "id")) var ids: [PointArgument] =
        []
    @Option(help: ArgumentHelp("All points that pass this filter, instead of ids.", valueName: "filter")) var filter:
        String?

    func validate() throws {
        guard ids.isEmpty != (filter == nil) else { throw ValidationError("Say which points: ids, or --filter.") }
    }

    var parameter: (String, JSONValue) {
        if let filter { return ("filter", .string(filter)) }
        return ("ids", .array(ids.map(\.json)))
    }
}
