import Foundation
import IlkCollection
import IlkProtocol
import Logging

// A job's request is answered when the job ends; until then its progress goes out as notifications, the first of which
// names the job. A request without an id starts a job and waits for nothing.
extension Engine {
    func rebuild(_ name: String, _ answer: Answer, _ notify: @escaping Notify) {
        start(.rebuild, collection: name, answer, notify) { [registry] job throws(IlkError) in
            let collection = try registry.collection(name)
            try collection.rebuild { job.advance($0) }
            return JSONObject([("collection", .string(name)), ("state", .string(collection.state.name))])
        }
    }

    func reembed(_ request: ReembedRequest, _ answer: Answer, _ notify: @escaping Notify) {
        start(.reembed, collection: request.collection, answer, notify) { [registry] job throws(IlkError) in
            let report = try registry.collection(request.collection).reembed(request) { job.advance($0) }
            return JSONObject([
                ("collection", .string(request.collection)), ("model", .string(request.model)),
                ("fingerprint", .string(report.fingerprint)), ("vectors", .int(Int64(report.vectors))),
                ("resumed", .int(Int64(report.resumed))),
                ("overlap_at_10", report.overlap.map { .double($0.rounded(toPlaces: 3)) } ?? .null),
                ("sampled", .int(Int64(report.sampled))),
            ])
        }
    }

    func createSnapshot(_ request: SnapshotRequest, _ answer: Answer, _ notify: @escaping Notify) {
        start(.snapshot, collection: request.collection, answer, notify) { [registry, data] job throws(IlkError) in
            let collection = try registry.collection(request.collection)
            let path = request.path ?? data.freeSnapshot(of: request.collection, job: job.id)
            try data.refuseOwnFolders(path)
            try collection.snapshot(to: path) { job.advance($0) }
            return JSONObject([
                ("collection", .string(request.collection)), ("path", .string(path)),
                ("bytes", .int(folderBytes(path))),
            ])
        }
    }

    func restoreSnapshot(_ request: SnapshotRequest, _ answer: Answer, _ notify: @escaping Notify) {
        guard let path = request.path else {
            return answer.fail(IlkError(.invalidRequest, "'path' is missing; name the snapshot to restore"))
        }
        start(.restore, collection: request.collection, answer, notify) { [self] job throws(IlkError) in
            try restore(request.collection, from: path, job)
        }
    }

    /// Copies aside, verifies the copy, opens it to see that it works, and only then lets it take the name.
    ///
    /// The copy, because SQLite writes beside whatever it opens, and a snapshot may lie where nothing can be written.
    private func restore(_ name: String, from path: String, _ job: Job) throws(IlkError) -> JSONObject {
        let cancelled = IlkError(.cancelled, "the restore was cancelled; nothing was changed")
        guard !VectorCollection.files(in: path).isEmpty else {
            throw IlkError(.notFound, "no snapshot at \(path); see the path that snapshot.create answered")
        }
        let aside = data.aside("\(name)-\(job.id)")
        var isInPlace = false
        defer { if !isInPlace { data.remove(aside) } }
        guard try copySnapshot(path, to: aside, progress: { job.advance($0) }) else { throw cancelled }
        guard job.advance(JobProgress(phase: "verify", done: 0, total: 0)) else { throw cancelled }
        do throws(IlkError) {
            try VectorCollection.verifySnapshot(at: aside)
        } catch {
            throw IlkError(error.code, error.message.replacing(aside, with: path))
        }

        guard job.advance(JobProgress(phase: "open", done: 0, total: 0)) else { throw cancelled }
        let trial = VectorCollection.open(name: name, folder: aside, options: options.collection)
        trial.waitUntilLoaded()
        if case .quarantined(let reason) = trial.state {
            throw IlkError(.internal, "the snapshot at \(path) cannot be opened: \(reason); use another one")
        }
        trial.close()

        guard job.advance(JobProgress(phase: "swap", done: 0, total: 0)) else { throw cancelled }
        let old = try registry.reserve(name, doing: "restored")
        old?.close()
        do throws(IlkError) {
            try data.putInPlace(aside, of: name)
            isInPlace = true
        } catch {
            registry.settle(name, as: old.map { _ in open(name) })
            throw error
        }
        let restored = open(name)
        restored.waitUntilLoaded()
        registry.settle(name, as: restored)
        return JSONObject([
            ("collection", .string(name)), ("count", liveCount(of: restored)), ("state", .string(restored.state.name)),
        ])
    }

    private func open(_ name: String) -> VectorCollection {
        VectorCollection.open(name: name, folder: data.collection(name), options: options.collection)
    }

    func start(
        _ kind: Job.Kind, collection: String, _ answer: Answer, _ notify: @escaping Notify,
        work: @escaping @Sendable (Job) throws(IlkError) -> JSONObject
    ) {
        do throws(IlkError) {
            if kind != .restore { _ = try registry.collection(collection) }
            try jobs.start(
                kind, collection: collection, notify: { job, report in notify(progressLine(job, report)) }, work: work,
                completion: { [logger] job, result in
                    switch result {
                    case .success(let members):
                        answer.succeed(
                            JSONObject([("job", .string(job.id))] + members.members.map { ($0.key, $0.value) }))
                    case .failure(let error):
                        logger.warning("job ended", metadata: ["job": "\(job.id)", "code": "\(error.code.rawValue)"])
                        answer.fail(error)
                    }
                })
        } catch {
            answer.fail(error)
        }
    }

    /// Asks a job to end; one that has ended stays as it is.
    func cancelJob(_ id: String) throws(IlkError) -> JSONObject {
        let job = try jobs.job(id)
        let wasFinished = job.isFinished
        job.cancel()
        return JSONObject([
            ("job", .string(id)), ("cancelling", .bool(!wasFinished)), ("state", .string(job.report.state.rawValue)),
        ])
    }
}

extension Job {
    /// The job as `job.get` shows it.
    var json: JSONObject {
        let report = report
        var json = JSONObject([
            ("job", .string(id)), ("kind", .string(kind.rawValue)), ("collection", .string(collection)),
            ("state", .string(report.state.rawValue)),
        ])
        for (key, value) in report.progressMembers { json[key] = value }
        json["started_at"] = report.startedAt.map { .string($0.formatted(.iso8601)) } ?? .null
        json["took_s"] = .double(report.seconds.rounded(toPlaces: 3))
        if let result = report.result { json["result"] = .object(result) }
        if let error = report.error {
            json["error"] = .object(
                JSONObject([("code", .string(error.code.rawValue)), ("message", .string(error.message))]))
        }
        return json
    }
}

extension Job.Report {
    fileprivate var progressMembers: [(String, JSONValue)] {
        [
            ("phase", .string(progress.phase)), ("done", .int(Int64(progress.done))),
            ("total", .int(Int64(progress.total))),
            ("rate", rate.map { .double($0.rounded(toPlaces: 1)) } ?? .null),
            ("eta_s", eta.map { .double($0.rounded(toPlaces: 1)) } ?? .null),
        ]
    }
}

/// The notification of a job's progress.
private func progressLine(_ job: Job, _ report: Job.Report) -> [UInt8] {
    var params = JSONObject([("job", .string(job.id)), ("state", .string(report.state.rawValue))])
    for (key, value) in report.progressMembers { params[key] = value }
    return Reply.notification(method: "progress", params: params)
}

extension Double {
    /// Rounded to so many decimal places.
    func rounded(toPlaces places: Int) -> Double {
        let scale = [1, 10, 100, 1_000][places]
        return (self * Double(scale)).rounded() / Double(scale)
    }
}
