import IlkProtocol

/// Where points go: a daemon, or an engine in this process.
protocol PointSink: Sendable {
    /// Stores points; returns the collection's sequence when they are as `wait` says.
    ///
    /// - Throws: `IlkError` where the batch is refused, and nothing of it is stored.
    func upsert(_ points: [UpsertPoint], into collection: String, wait: WriteWait) async throws -> Int

    /// Calls any other method.
    func call(_ method: String, _ params: [(String, JSONValue)]) async throws -> JSONValue
}
