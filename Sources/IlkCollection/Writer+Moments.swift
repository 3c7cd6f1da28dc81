import IlkProtocol

extension Writer {
    /// Runs a reader on the writer's thread, between two groups of writes: nothing changes meanwhile.
    func between<R: Sendable>(_ body: @escaping @Sendable () throws(IlkError) -> R) throws(IlkError) -> R {
        let result: Result<R, IlkError> = try perform { _ in
            do throws(IlkError) { return .success(try body()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Runs a reader of several structures until it has seen a single moment; in the end between two writes.
    func atOneMoment<R: Sendable>(
        _ scope: WriteEpoch.Scope, _ body: @escaping @Sendable () throws(IlkError) -> R
    ) throws(IlkError) -> R {
        for _ in 0..<4 {
            content.epoch.settle(scope)
            let moment = content.epoch.now(scope)
            let result = try body()
            if content.epoch.isStill(moment, scope) { return result }
        }
        return try between(body)
    }
}
