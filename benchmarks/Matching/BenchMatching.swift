import ArgumentParser
import Glibc
import IlkCollaborative
import IlkDatasets
import IlkProtocol
import IlkVectors

/// Seconds that training a model takes, one NDJSON line a measurement.
///
/// The data is what `ilk eval match` learns from in its temporal test. With `--serve` it trains once for every line of
/// standard input, which is a number of threads, so that a driver can let several libraries take turns.
@main struct BenchMatching: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-matching", abstract: "How fast ALS is trained.")

    @Argument(help: "The file of events.") var data: String
    @Option(help: "Days at the end that are not learned from.") var days = 28.0
    @Option(help: "Events that an item needs.") var minCount = 5
    @Option(help: "Latent factors.") var factors = 64
    @Option(help: "Iterations.") var iterations = 15
    @Option(help: "The seed of the factors that training starts from.") var seed: UInt64 = 42
    @Option(parsing: .upToNextOption, help: "Threads.") var threads = [1]
    @Flag(help: "Train for every line of standard input, which is a number of threads.") var serve = false

    mutating func run() throws {
        BLAS.restartForThisCPU()
        let file = try EventFile(data)
        let events = file.events.map { Interaction(user: $0.user, item: $0.item, time: $0.time) }
        let end = (events.map(\.time).max() ?? 0) + 1
        let trial = Trial(
            events, users: file.users.count, at: end - Int64(days * Double(Decay.day)), days: days,
            minimumCount: minCount)
        let matrix = InteractionMatrix(users: trial.users, items: trial.items, events: trial.training)
        if serve {
            print(#"{"ready":true}"#)
            fflush(nil)
            while let line = readLine() {
                try measure(matrix, threads: Int(line) ?? 1)
                print(#"{"done":true}"#)
                fflush(nil)
            }
        } else {
            for threads in threads { try measure(matrix, threads: threads) }
        }
    }

    private func measure(_ matrix: InteractionMatrix, threads: Int) throws {
        var parameters = ChannelSettings().als
        parameters.factors = factors
        parameters.iterations = iterations
        parameters.seed = seed
        parameters.threads = threads
        let began = ContinuousClock.now
        let model = try AlternatingLeastSquares.train(matrix, parameters)
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        precondition(model.itemFactors.elements.allSatisfy(\.isFinite))
        let line = JSONObject([
            ("engine", .string("ilk")), ("model", .string("als")), ("threads", .int(Int64(threads))),
            ("seconds", .double((seconds * 1e4).rounded() / 1e4)), ("users", .int(Int64(matrix.users))),
            ("items", .int(Int64(matrix.items))), ("pairs", .int(Int64(matrix.count))),
            ("factors", .int(Int64(factors))), ("iterations", .int(Int64(iterations))),
        ])
        print(JSONValue.object(line).text)
    }
}
