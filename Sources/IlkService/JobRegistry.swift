import IlkProtocol
import Synchronization

/// Every job that waits or runs, and the last ones that ended.
final class JobRegistry: Sendable {
    private struct Table {
        var jobs: [Job] = []  // oldest first
        var started = 0
        var isStopping = false
    }

    private let table = Mutex(Table())
    private let pool: WorkerPool
    private let kept: Int

    init(options: ServiceOptions) {
        pool = WorkerPool(name: "ilk-job", threads: options.jobWorkers, limit: options.jobQueueLimit)
        kept = options.finishedJobsKept
    }

    /// Queues a job.
    ///
    /// `notify` gets the reports that are due, on the job's thread; `completion` is called once with the result, after
    /// the last report.
    ///
    /// - Throws: `overloaded` where too many wait, `already_exists` where the same is being done, `unavailable` while
    ///   the daemon stops; then `completion` is not called.
    func start(
        _ kind: Job.Kind, collection: String, notify: @escaping @Sendable (Job, Job.Report) -> Void,
        work: @escaping @Sendable (Job) throws(IlkError) -> JSONObject,
        completion: @escaping @Sendable (Job, Result<JSONObject, IlkError>) -> Void
    ) throws(IlkError) {
        let added: Result<Job, IlkError> = table.withLock { table in
            guard !table.isStopping else { return .failure(stoppingError) }
            if kind != .snapshot,
                let same = table.jobs.first(where: { $0.kind == kind && $0.collection == collection && !$0.isFinished })
            {
                return .failure(
                    IlkError(
                        .alreadyExists,
                        "job '\(same.id)' is doing that; follow it with job.get, or end it with job.cancel"))
            }
            table.started += 1
            let job = Job(id: "\(kind.rawValue)-\(table.started)", kind: kind, collection: collection, notify: notify)
            table.jobs.append(job)
            forgetOld(&table)
            return .success(job)
        }
        let job = try added.get()
        job.announce()
        let accepted = pool.submit { completion(job, job.run(work)) }
        guard accepted else {
            table.withLock { table in table.jobs.removeAll { $0 === job } }
            throw IlkError(
                .overloaded, "\(pool.limit) jobs are waiting; wait for one to end, see job.list",
                retryAfterMilliseconds: 1_000)
        }
    }

    private func forgetOld(_ table: inout Table) {
        var surplus = table.jobs.count { $0.isFinished } - kept
        table.jobs.removeAll { job in
            guard surplus > 0, job.isFinished else { return false }
            surplus -= 1
            return true
        }
    }

    /// Oldest first.
    var all: [Job] { table.withLock { $0.jobs } }

    /// - Throws: `not_found` with the jobs there are.
    func job(_ id: String) throws(IlkError) -> Job {
        let jobs = all
        if let job = jobs.first(where: { $0.id == id }) { return job }
        throw IlkError(
            .notFound,
            "no job '\(id)'\(NearestName.hint(for: id, among: jobs.map(\.id))); job.list shows those there are")
    }

    /// Takes no more jobs and asks those there are to end.
    func stop() {
        let jobs = table.withLock { table in
            table.isStopping = true
            return table.jobs
        }
        for job in jobs { job.cancel() }
        pool.close()
    }

    /// Whether no job waits or runs.
    var isIdle: Bool { all.allSatisfy(\.isFinished) }
}

/// The refusal of everything new while the daemon stops.
let stoppingError = IlkError(
    .unavailable, "the daemon is stopping; send it again after the restart", retryAfterMilliseconds: 1_000)
