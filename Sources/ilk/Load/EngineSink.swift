import Dispatch
import IlkProtocol
import IlkService

/// Stores points in an engine of this process, without socket or JSON.
struct EngineSink: PointSink {
    let engine: Engine

    func upsert(_ points: [UpsertPoint], into collection: String, wait: WriteWait) async throws -> Int {
        let command = Command.pointsUpsert(PointsUpsert(collection: collection, points: points, wait: wait))
        return try await answer(.single(Call(id: .int(1), command: .success(command))))["sequence"]?.integer ?? 0
    }

    func call(_ method: String, _ params: [(String, JSONValue)]) async throws -> JSONValue {
        let line = ClientLine.request(id: 1, method: method, params: .object(JSONObject(params)))
        return try await answer(unsafe line.withUnsafeBytes { unsafe RequestParser().parse(line: $0) })
    }

    private func answer(_ line: ParsedLine) async throws -> JSONValue {
        let reply = await withCheckedContinuation { continuation in
            engine.handle(line, reply: { continuation.resume(returning: $0) }, notify: { _ in })
        }
        guard case .reply(_, let result) = try ClientLine.read(reply) else {
            throw IlkError(.internal, "the engine answered with a notification")
        }
        return try result.get()
    }

    /// Finishes writes, writes checkpoints and gives the data folder back.
    func stop() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                engine.stop(within: 86_400)
                continuation.resume()
            }
        }
    }
}
