import ArgumentParser
import IlkDatasets
import IlkProtocol

/// What `load` and `build` share: which files, how they are read, and what becomes of them.
struct LoadOptions: ParsableArguments {
    @Argument(help: "The collection.") var collection: String
    @Argument(
        help: ArgumentHelp(
            "Files: .ndjson .jsonl .csv .tsv .npy .fvecs .bvecs .ivecs or IDX, also .gz; - reads standard input.",
            valueName: "file"))
    var files: [String]

    @Flag(help: "Make the collection if it is not there, as --vector and --text say, or with --metric from the file.")
    var create = false
    @Option(help: "The metric of a new collection's vectors, whose dimension comes from the file.")
    var metric: MetricName?
    @Option(
        help: ArgumentHelp("The vector field of a new collection, and of vectors without a name.", valueName: "name"))
    var vectorName: String?
    @OptionGroup var schema: SchemaOptions

    @Option(
        help: ArgumentHelp("The files' format, where their names do not tell it.", valueName: "format"))
    var format: FileFormat?
    @Option(
        help: ArgumentHelp(
            "The column of CSV and TSV, or the member of plain records, that holds ids; rows are numbered where there is none.",
            valueName: "column"))
    var idColumn = "id"
    @Option(
        help: ArgumentHelp(
            "The column of CSV and TSV, or the member of plain records, that says when a point expires, in seconds since 1970.",
            valueName: "column"))
    var expiresColumn: String?
    @Option(
        help: ArgumentHelp(
            "What stands before the number in the names of columns of one component each: v of v0, v1, ….",
            valueName: "prefix"))
    var vectorColumns: String?
    @Option(
        help: ArgumentHelp(
            "Labels of the rows, for matrix files: IDX, .npy of integers, or text, one a line.", valueName: "file"))
    var labels: String?
    @Option(help: ArgumentHelp("The payload field that labels go to.", valueName: "field"))
    var labelField = "label"
    @Option(help: ArgumentHelp("Names for numbered labels, from 0.", valueName: "a,b,c"))
    var labelNames: String?

    @Option(help: ArgumentHelp("Put before every id; rows without one get it before their number.", valueName: "text"))
    var idPrefix: String?
    @Option(help: ArgumentHelp("The number of the first row without an id.", valueName: "number"))
    var firstId: UInt64 = 0
    @Option(help: "Load at most so many rows of each file.") var limit: Int?
    @Option(
        help: ArgumentHelp(
            "Where the refused records of all files go (default: <file>.refused.ndjson).", valueName: "file"))
    var refused: String?
    @Flag(help: "Begin at the first row even if an earlier load was interrupted.") var restart = false
    @Option(
        help: ArgumentHelp(
            "When points with texts are taken as stored: durable, on the disk, and embedded after that; or searchable, embedded too.",
            valueName: "durable|searchable"))
    var wait = WriteWait.durable
    @Flag(help: "Do not wait at the end until all texts are embedded and the graph holds every vector.")
    var noWait = false
    @Flag(help: "Print JSON, one object a file, for other programs.") var json = false

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("Name at least one file.") }
        if let limit, limit < 1 { throw ValidationError("--limit is \(limit); choose 1 or more.") }
        let isDeclared = !schema.vector.isEmpty || !schema.text.isEmpty
        guard !create || metric != nil || isDeclared else {
            throw ValidationError(
                "--create needs --metric (cosine, dot or l2) for a file of vectors, or --vector and --text for one of texts."
            )
        }
        guard metric == nil || schema.vector.isEmpty else {
            throw ValidationError("--metric takes vector fields from the file; leave it out beside --vector.")
        }
        guard create || (metric == nil && schema.isEmpty) else {
            throw ValidationError(
                "--metric, --vector, --text, --field, --m and --ef-construction are for a new collection: add --create."
            )
        }
        guard labelNames == nil || labels != nil else { throw ValidationError("--label-names needs --labels.") }
        guard labels == nil || files.count == 1 else { throw ValidationError("--labels goes with one file.") }
        for file in files {
            let target = refusedPath(of: file)
            if (files + [labels].compactMap { $0 }).contains(where: { Places.isSame($0, target) }) {
                throw ValidationError(
                    "Refused records would go to \(target), which is to be read; choose another file with --refused.")
            }
        }
    }

    /// Where the refused records of a file go.
    func refusedPath(of file: String) -> String { refused ?? (file == "-" ? "stdin" : file) + ".refused.ndjson" }

    /// How files are to be read into a collection with these declared fields; plain records, whose members are the
    /// payload, only where points need no vectors.
    func recordOptions(fields: [PayloadField], plainRecords: Bool) -> RecordOptions {
        var options = RecordOptions()
        options.format = format
        options.idColumn = idColumn
        options.expiryColumn = expiresColumn
        options.vectorColumns = vectorColumns
        options.vectorField = vectorName
        options.fields = fields
        options.takesPlainRecords = plainRecords
        return options
    }

    /// Everything that decides what points the rows become: a load is resumed only with the same.
    func meaning(firstNumber: UInt64) -> String {
        [
            format?.rawValue, idColumn, expiresColumn, vectorColumns, vectorName, labels, labelField, labelNames,
            idPrefix,
            String(firstNumber),
        ].map { $0 ?? "" }.joined(separator: "\u{1}")
    }

    /// Payloads by row; nil without `--labels`.
    func labelPayloads() throws -> [JSONText]? {
        guard let labels else { return nil }
        let names = labelNames?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return try LabelsFile.read(labels).map { label in
            var value = label
            if let names {
                guard let number = label.integer, names.indices.contains(number) else {
                    throw Failure(
                        "\(labels): label \(label.text) has no name among the \(names.count) of --label-names")
                }
                value = .string(names[number])
            }
            return JSONText(.object(JSONObject([(labelField, value)])))
        }
    }
}

extension FileFormat: ExpressibleByArgument {}
