import ArgumentParser

struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Load files of points into a collection of the running daemon.",
        discussion: """
            NDJSON has a point a line: {"id":"sku-1","vector":[…],"payload":{…}}, or "vectors":{"image":[…]}. CSV and TSV \
            have a header row: `id`, a column `vector` (JSON or base64) or numbered ones (v0, v1, …), and payload columns. \
            Matrix files (.npy, .fvecs, .bvecs, .ivecs, IDX) have vectors; their ids are the row numbers.

            A collection with models or text fields takes points without vectors, and plain records: \
            {"id":"sku-1","title":"…","price":9.5}, where everything but the id is the payload. They are stored first, \
            which is when they are found by words, and a second bar tells how far the models are.

            A load that was interrupted goes on where it stopped when the same command is given again; not one from \
            standard input. Records that cannot be stored are written with their reason to <file>.refused.ndjson, and the \
            others are loaded: then the status is 1.

              ilk load products products.jsonl.gz --create \\
                  --vector 'text={title}. {brand}' --text title --field brand=keyword
              ilk load things things.ndjson.gz --create --metric cosine \\
                  --field price=float
              ilk load images train-images-idx3-ubyte.gz --create --metric l2 \\
                  --labels train-labels-idx1-ubyte.gz
              ilk scroll products --all --with-vectors --json | \\
                  ilk load copy - --format ndjson
            """)

    @OptionGroup var options: LoadOptions
    @Option(
        help: ArgumentHelp(
            "The daemon's socket (default: ILK_SOCKET, or the one `ilk serve` chooses).", valueName: "path"))
    var socket: String?

    func run() async throws {
        let path = socket ?? Places.socket
        var client = ClientOptions()
        client.socket = path
        client.timeout = nil
        client.json = options.json
        let connection = try await client.connect()
        try await LoadRun(options: options, sink: SocketSink(connection: connection), target: Places.absolute(path))
            .run()
    }
}
