import ArgumentParser
import IlkProtocol

struct CollectionCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a new collection.",
        discussion: """
            A vector field that you fill is --vector NAME=DIMENSION:METRIC. One that a model fills from the payload is \
            --vector NAME=MODEL:TEMPLATE, where {title} stands for what the payload has there; without MODEL: it is the \
            default model. Several templates parted by ' | ' are embedded each for itself and added up, each with a weight \
            before it if you like: '2*{title} | {attributes}'. MODEL@256 keeps the first 256 components, where the model \
            was trained for it.

            --text names payload fields whose words are searched. Fields declared by --field are fast to filter and are \
            held to their type: keyword, int, float, bool, datetime. --knowledge makes a knowledge base, which takes \
            documents instead of points.

              ilk collection create products \\
                  --vector 'text={title}. {brand}. {attributes}' \\
                  --text title=2 --text attributes --field brand=keyword
              ilk collection create images --vector image=784:l2
              ilk collection create handbook --knowledge
            """)

    @Argument(help: "Its name: 1 to 64 of A-Z a-z 0-9 _ -, first a letter or digit.") var name: String
    @OptionGroup var schema: SchemaOptions
    @Option(help: "Components of the only vector field, which is then named 'vector'.") var dimension: Int?
    @Option(help: "Its metric.") var metric: MetricName?
    @Flag(help: "Make a knowledge base: documents, split into passages that are searched by meaning and by words.")
    var knowledge = false
    @Option(help: ArgumentHelp("The model of a knowledge base (default: see `ilk model default`).", valueName: "name"))
    var model: String?
    @OptionGroup var client: ClientOptions

    func validate() throws {
        if let metric, let first = schema.vector.first, dimension == nil {
            var form = "\(first.name)=MODEL:TEMPLATE"
            if case .vectors(let dimension, _) = first.content {
                form = "\(first.name)=\(dimension):\(metric.rawValue)"
            }
            throw ValidationError(
                "--metric belongs to --dimension; beside --vector each field has its own, as in --vector \(form).")
        }
        guard (dimension == nil) == (metric == nil) else {
            throw ValidationError("--dimension and --metric go together.")
        }
        if knowledge {
            guard schema.vector.isEmpty, schema.text.isEmpty, dimension == nil else {
                throw ValidationError(
                    "A knowledge base has vectors and texts of ilk's choice; leave out --vector, --text and --dimension."
                )
            }
            guard schema.m == nil, schema.efConstruction == nil else {
                throw ValidationError(
                    "A knowledge base has a graph of ilk's choice; leave out --m and --ef-construction.")
            }
            return
        }
        guard model == nil else {
            throw ValidationError(
                "--model is for --knowledge; a vector field names its model: --vector text=MODEL:TEMPLATE.")
        }
        guard schema.vector.isEmpty || dimension == nil else {
            throw ValidationError("Declare vector fields with --vector, or one with --dimension and --metric.")
        }
        guard !schema.vector.isEmpty || dimension != nil || !schema.text.isEmpty else {
            throw ValidationError(
                "Declare what can be searched: --vector NAME=DIMENSION:METRIC, --vector NAME=MODEL:TEMPLATE, --text PATH, or --knowledge."
            )
        }
    }

    func run() async throws {
        let result = try await client.call("collection.create", creation())
        if client.json { Output.json(result) } else { Output.line("\(name) created") }
    }

    private func creation() async throws -> [(String, JSONValue)] {
        if knowledge {
            var params = try await schema.creation(of: name) { try await client.call($0, $1) }
            params.append(("kind", .string(CollectionKind.knowledge.rawValue)))
            if let model { params.append(("model", .string(model))) }
            return params
        }
        var vectors: [VectorArgument]?
        if let dimension, let metric {
            vectors = [VectorArgument(name: "vector", dimension: dimension, metric: metric)]
        }
        return try await schema.creation(of: name, vectors: vectors) { try await client.call($0, $1) }
    }
}
