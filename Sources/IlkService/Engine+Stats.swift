import Foundation
import IlkCollection
import IlkEmbedding
import IlkProtocol
import IlkVectors

extension Engine {
    /// What this daemon is: for `ilk info`, and for people who report a fault.
    func info() -> JSONObject {
        func number(_ value: Int) -> JSONValue { .int(Int64(value)) }
        let limits = JSONObject(
            [
                ("workers", number(options.workers)), ("queue", number(options.queueLimit)),
                ("jobs", number(options.jobWorkers)), ("job_queue", number(options.jobQueueLimit)),
                ("waiting_write_bytes", number(options.collection.waitingBytesLimit)),
                ("reply_bytes", number(options.replyLimit)),
            ] + shownServerLimits.map { ($0.0, number($0.1)) })
        return JSONObject([
            ("version", .string(Self.version)), ("pid", .int(Int64(getpid()))), ("data", .string(data.path)),
            ("kernels", .string(Kernels.name)),
            ("blas", .object(JSONObject([("library", .string(BLAS.library)), ("threads", number(BLAS.threads))]))),
            ("cores", number(ProcessInfo.processInfo.activeProcessorCount)), ("limits", .object(limits)),
        ])
    }

    /// What happened since the start.
    func stats() -> JSONObject {
        func number(_ value: some BinaryInteger) -> JSONValue { .int(Int64(value)) }
        let methods = metrics.methodMeters().map { name, meter in
            (
                name,
                JSONValue.object(
                    JSONObject(
                        [("count", number(meter.latency.count)), ("errors", number(meter.errors))]
                            + meter.latency.quantiles))
            )
        }
        let shares = ServiceMetrics.Share.allCases.map { share in
            ("\(share)", JSONValue.object(JSONObject(metrics.shareHistogram(share).quantiles)))
        }
        let errors = metrics.errorCounts().sorted { $0.key.rawValue < $1.key.rawValue }.map {
            ($0.key.rawValue, number($0.value))
        }
        let connections = metrics.connectionCounts()
        let memory = ProcessMemory.read()
        let load = poolLoad
        let jobStates = jobs.all.map(\.report.state)
        let collections = registry.all.map { collection in
            (
                collection.name,
                JSONValue.object(
                    JSONObject([
                        ("state", .string(collection.state.name)), ("count", liveCount(of: collection)),
                        ("recall", collection.measuredRecall), ("issues", number(collection.issueCount)),
                    ]))
            )
        }
        return JSONObject([
            ("uptime_s", .double((Double(monotonicNanoseconds() - metrics.started) / 1e9).rounded(toPlaces: 3))),
            ("rss_bytes", number(memory.resident)), ("memory_bytes", number(memory.anonymous)),
            ("memory_limit_bytes", options.memoryLimit.map { number($0) } ?? .null),
            ("memory", .object(memory.parts(collections: registry.all.flatMap(\.memory).reduce(0) { $0 + $1.bytes }))),
            (
                "connections",
                .object(
                    JSONObject([
                        ("open", number(connections.open)), ("accepted", number(connections.accepted)),
                        ("refused", number(connections.refused)),
                    ]))
            ),
            ("requests", .object(JSONObject(methods))), ("errors", .object(JSONObject(errors))),
            ("search_shares_us", .object(JSONObject(shares))),
            (
                "pool",
                .object(
                    JSONObject([
                        ("threads", number(options.workers)), ("waiting", number(load.waiting)),
                        ("running", number(load.running)),
                    ]))
            ),
            (
                "jobs",
                .object(
                    JSONObject([
                        ("waiting", number(jobStates.count { $0 == .waiting })),
                        ("running", number(jobStates.count { $0 == .running })),
                    ]))
            ),
            ("embedding", .object(embeddingStats())), ("collections", .object(JSONObject(collections))),
        ])
    }

    private func embeddingStats() -> JSONObject {
        let figures = embedder.statistics
        func number(_ value: Int) -> JSONValue { .int(Int64(value)) }
        func rounded(_ value: Double?, _ places: Int) -> JSONValue {
            value.map { .double($0.rounded(toPlaces: places)) } ?? .null
        }
        let waiting = EmbeddingLane.allCases.map { ($0.rawValue, number(embedder.waitingTokens($0))) }
        return JSONObject([
            ("texts", number(figures.texts)), ("tokens", number(figures.tokens)),
            ("refused", number(figures.refused)), ("tokens_per_s", rounded(figures.tokensPerSecond, 0)),
            (
                "cache",
                .object(
                    JSONObject([
                        ("hits", number(figures.cacheHits)), ("misses", number(figures.cacheMisses)),
                        ("hit_rate", rounded(figures.hitRate, 3)),
                    ]))
            ), ("waiting_tokens", .object(JSONObject(waiting))),
            ("open_models", .array(embedder.openModels.map { .string($0.fingerprint) })),
        ])
    }
}

extension LatencyHistogram {
    /// Microseconds, to a tenth.
    fileprivate var quantiles: [(String, JSONValue)] {
        func microseconds(_ nanoseconds: Double) -> JSONValue { .double((nanoseconds / 1_000).rounded(toPlaces: 1)) }
        return [
            ("mean", microseconds(mean)), ("p50", microseconds(Double(quantile(0.5)))),
            ("p90", microseconds(Double(quantile(0.9)))), ("p99", microseconds(Double(quantile(0.99)))),
            ("max", microseconds(Double(maximum))),
        ]
    }
}
