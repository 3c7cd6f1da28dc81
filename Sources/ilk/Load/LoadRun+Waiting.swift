import IlkProtocol

extension LoadRun {
    /// Waits until no text is waiting for its vector.
    ///
    /// All of them are durable by then and found by their words: waiting only tells when they are found by their
    /// meaning. Ctrl-C ends the waiting and not the embedding, which is the daemon's work.
    func waitForTexts() async throws {
        let began = ContinuousClock.now
        var first: Int?
        var least = Int.max
        var fallen = began
        while true {
            let state = EmbeddingState(try await describe()["embedding"])
            let most = max(first ?? state.waiting, state.waiting)
            first = most
            guard state.waiting > 0 else {
                bar.clear()
                if most > 0, !options.json { note(Self.embedded(most, since: began)) }
                return
            }
            if state.waiting < least {
                least = state.waiting
                fallen = .now
            }
            if let problem = state.problem, ContinuousClock.now - fallen > Self.patienceWithModels {
                throw Failure(
                    "\(Format.counted(state.waiting, "point")) stored and not embedded: \(problem)")
            }
            if interrupt.isRequested {
                return note(
                    "everything is stored; the daemon goes on embedding \(Format.counted(state.waiting, "point"))")
            }
            bar.show("embedding", done: most - state.waiting, total: most, unit: "points")
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// How long nothing is embedded before what the daemon says against it is believed.
    private static let patienceWithModels = Duration.seconds(10)

    private static func embedded(_ count: Int, since began: ContinuousClock.Instant) -> String {
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let rate = Format.count(Int(Double(count) / max(seconds, 1e-9)))
        return "\(Format.counted(count, "point")) embedded in \(Format.seconds(seconds)) (\(rate)/s)"
    }

    /// Waits until no vector is pending.
    ///
    /// They are found by exact scan until then: waiting only tells when searches are fast. After a cancelled rebuild
    /// nothing is linked until the next one, and there is nothing to wait for.
    func waitForGraph() async throws {
        var most = 0
        var least = Int.max
        var fallen = ContinuousClock.now
        while !interrupt.isRequested {
            let description = try await describe()
            let pending = (description["indexes"]?.members ?? []).reduce(0) { $0 + ($1.value["pending"]?.integer ?? 0) }
            guard pending > 0 else { break }
            most = max(most, pending)
            if pending < least {
                least = pending
                fallen = .now
            }
            let reason = description["reason"]?.plain ?? ""
            // A rebuild that goes on again has the same reason, but links.
            if description["state"]?.plain == "degraded", reason.contains("rebuild was cancelled"),
                ContinuousClock.now - fallen > .seconds(5)
            {
                note("not waiting for the graph, which lacks \(Format.counted(pending, "vector")): \(reason)")
                break
            }
            bar.show("linking", done: most - pending, total: most, unit: "vectors")
            try await Task.sleep(for: .milliseconds(100))
        }
        bar.clear()
    }
}
