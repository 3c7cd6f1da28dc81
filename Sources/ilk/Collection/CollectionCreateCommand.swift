import ArgumentParser
import IlkProtocol

struct CollectionCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a new collection.",
        discussion: """
            Vector fields are --vector NAME=DIMENSION:METRIC, any number of them, or --dimension and --metric for one \
            named 'vector'. Declared payload fields are fast to filter and are held to their type: keyword, int, float, \
            bool, datetime.

              ilk collection create products --vector image=784:l2 \\
                  --vector text=384:cosine --field price=float
              ilk collection create notes --dimension 384 --metric cosine
            """)

    @Argument(help: "Its name: 1 to 64 of A-Z a-z 0-9 _ -, first a letter or digit.") var name: String
    @Option(help: ArgumentHelp("A vector field; may be repeated.", valueName: "name=dimension:metric")) var vector:
        [VectorArgument] = []
    @Option(help: "Components of the only vector field.") var dimension: Int?
    @Option(help: "Its metric.") var metric: MetricName?
    @OptionGroup var graph: GraphOptions
    @OptionGroup var client: ClientOptions

    func validate() throws {
        if let metric, let first = vector.first, dimension == nil {
            throw ValidationError(
                "--metric belongs to --dimension; beside --vector each field has its own, as in "
                    + "--vector \(first.name)=\(first.dimension):\(metric.rawValue).")
        }
        if let name = vector.map(\.name).firstRepeated {
            throw ValidationError("--vector \(name)=… is given twice; declare each field once.")
        }
        guard vector.isEmpty != (dimension == nil) else {
            throw ValidationError(
                "Declare vector fields with --vector NAME=DIMENSION:METRIC, or one with --dimension and --metric.")
        }
        guard (dimension == nil) == (metric == nil) else {
            throw ValidationError("--dimension and --metric go together.")
        }
    }

    func run() async throws {
        var vectors = vector.map { ($0.name, $0.dimension, $0.metric) }
        if let dimension, let metric { vectors = [("vector", dimension, metric)] }
        let result = try await client.call("collection.create", graph.creation(of: name, vectors: vectors))
        if client.json { Output.json(result) } else { Output.line("\(name) created") }
    }
}

/// How the graphs and payload fields of a new collection are to be.
struct GraphOptions: ParsableArguments {
    @Option(help: "Links a node of the graph keeps, 2 to 128 (default: 16): more find more and cost memory.")
    var m: Int?
    @Option(help: "Width of the candidate list while building (default: 200): more builds better and longer.")
    var efConstruction: Int?
    @Option(help: ArgumentHelp("A payload field with its type; may be repeated.", valueName: "path=type")) var field:
        [FieldArgument] = []

    func validate() throws {
        if let path = field.map(\.field.path).firstRepeated {
            throw ValidationError("--field \(path)=… is given twice; declare each field once.")
        }
    }

    /// The parameters of `collection.create`.
    func creation(
        of name: String, vectors: [(name: String, dimension: Int, metric: MetricName)]
    ) -> [(String, JSONValue)] {
        var hnsw: [(String, JSONValue)] = []
        if let m { hnsw.append(("m", .int(Int64(m)))) }
        if let efConstruction { hnsw.append(("ef_construction", .int(Int64(efConstruction)))) }
        let declared = vectors.map { vector in
            var members: [(String, JSONValue)] = [
                ("dimension", .int(Int64(vector.dimension))), ("metric", .string(vector.metric.rawValue)),
            ]
            if !hnsw.isEmpty { members.append(("hnsw", .object(JSONObject(hnsw)))) }
            return (vector.name, JSONValue.object(JSONObject(members)))
        }
        let fields = field.map { ($0.field.path, JSONValue.string($0.field.kind.rawValue)) }
        return [
            ("name", .string(name)), ("vectors", .object(JSONObject(declared))),
            ("fields", .object(JSONObject(fields))),
        ]
    }
}

/// A vector field, as `image=784:l2`.
struct VectorArgument: ExpressibleByArgument {
    let name: String
    let dimension: Int
    let metric: MetricName

    init?(argument: String) {
        let parts = argument.split(whereSeparator: { $0 == "=" || $0 == ":" }).map(String.init)
        guard parts.count == 3, let dimension = Int(parts[1]), let metric = MetricName(rawValue: parts[2]) else {
            return nil
        }
        name = parts[0]
        self.dimension = dimension
        self.metric = metric
    }
}

extension [String] {
    /// The first that stood before.
    fileprivate var firstRepeated: String? {
        var seen: Set<String> = []
        return first { !seen.insert($0).inserted }
    }
}
