import ArgumentParser
import IlkProtocol

struct CollectionReembedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reembed", abstract: "Fill a vector field by another model, or from other texts.",
        discussion: """
            Searches go on with the old vectors, and change over to the new ones at once when all are there. Then it is \
            told how far both agree: overlap@10 is the share of the ten nearest that stayed, over sampled points. \
            `ilk jobs cancel` ends it; the same command goes on with it.

              ilk collection reembed products --model use-multilingual-v3
              ilk collection reembed products --field text \\
                  --model multilingual-e5-small --source '{title}. {brand}'
            """)
    @Argument(help: "The collection.") var name: String
    @Option(help: ArgumentHelp("The vector field, where several are filled by models.", valueName: "name"))
    var field: String?
    @Option(help: ArgumentHelp("The model that shall fill it.", valueName: "name")) var model: String
    @Option(help: "Components to keep, where the model was trained for it.") var dimensions: Int?
    @Option(
        help: ArgumentHelp(
            "The texts it shall embed, as in `ilk collection create` (default: as before).",
            valueName: "template"))
    var source: String?
    @Option(help: "Points whose neighbors are compared under both models, 0 to 10000.") var sample = 200
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (0...10_000).contains(sample) else {
            throw ValidationError("--sample is \(sample); choose 0 to 10000.")
        }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [
            ("collection", .string(name)), ("model", .string(model)), ("sample", .int(Int64(sample))),
        ]
        if let field { params.append(("field", .string(field))) }
        if let dimensions { params.append(("dimensions", .int(Int64(dimensions)))) }
        if let source { params.append(("source", VectorArgument.parts(source).json)) }
        let result = try await client.call("collection.reembed", params)
        if client.json { return Output.json(result) }
        var text = "\(name): \(Format.counted(result["vectors"]?.integer ?? 0, "vector"))"
        text += " by \(result["fingerprint"]?.plain ?? model)"
        if let resumed = result["resumed"]?.integer, resumed > 0 {
            text += ", \(Format.count(resumed)) of them there from before"
        }
        Output.line(text)
        if let overlap = result["overlap_at_10"]?.number {
            let sampled = Format.counted(result["sampled"]?.integer ?? 0, "point")
            Output.note("overlap@10 with the vectors before: \(Format.decimal(overlap, 3)), over \(sampled)")
        }
    }
}
