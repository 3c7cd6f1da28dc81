import ArgumentParser
import IlkCollaborative
import IlkDatasets
import IlkProtocol
import IlkVectors

struct EvalMatch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match",
        abstract: "Measure recall channels on people's behaviour: what they took, and what they took next.",
        discussion: """
            DATA is CSV, TSV or NDJSON with user, item, timestamp (seconds since 1970) and, if it is there, weight; \
            userId, movieId and rating are understood too. It needs no daemon.

            Channels learn from what lies before the last --days days and are asked for what was taken in them; or, with \
            --split last, for each user's last item. They are ranked in full, over all items with --min-count events \
            before that: once for items new to the user, once with repeats allowed. The weights of the merged row are \
            found on the --days days before (or on each user's last item but one), never on what is reported; and so \
            is the model of the learned row, logistic regression on each channel's score and place, the item's \
            popularity and age, and the user's own purchases of it.

            After each mean of NDCG@10 stands its standard error; the last lines of a table have that of the difference \
            of the merged and of the learned row to the best channel, user by user.

              datasets/complete-journey/fetch
              ilk eval match datasets/cache/complete-journey/purchases.csv --threads 2
              ilk eval match ratings.csv --split last --channels popular,item_cf,ease,als
            """)

    enum Split: String, ExpressibleByArgument, CaseIterable {
        case temporal, last
    }

    @Argument(help: "The file of events.") var data: String
    @Option(help: "What is held out: the days at the end, or each user's last item.") var split = Split.temporal
    @Option(help: "Days of the test, and of the validation before it.") var days = 28.0
    @Option(help: "Events that an item needs in training.") var minCount = 5
    @Option(help: "Events that a user needs in training to be asked about.") var minHistory = 5
    @Option(help: ArgumentHelp("Channels.", valueName: "name,…")) var channels = ChannelKind.allCases.map(\.rawValue)
        .joined(separator: ",")
    @Option(help: "Latent factors of ALS, 1 to 1024.") var factors: Int?
    @Option(help: "Iterations of ALS, 1 to 1000.") var iterations: Int?
    @Option(help: "Threads.") var threads = 1
    @Option(help: "The seed of everything random.") var seed: UInt64 = 42
    @Flag(help: "Also the sampled measures of older papers, one item among 99 others, which order channels otherwise.")
    var sampled = false
    @Flag(help: "Print JSON, one object a line, for other programs.") var json = false

    func validate() throws {
        guard days > 0, days <= 10_000 else {
            throw ValidationError("--days is \(days); choose more than 0, to 10000.")
        }
        guard minCount > 0 else { throw ValidationError("--min-count is \(minCount); choose 1 or more.") }
        guard minHistory > 0 else { throw ValidationError("--min-history is \(minHistory); choose 1 or more.") }
        guard (1...256).contains(threads) else { throw ValidationError("--threads is \(threads); choose 1 to 256.") }
        let names = channels.split(separator: ",").map(String.init)
        for name in names where ChannelKind(rawValue: name) == nil {
            let known = ChannelKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there is no channel '\(name)'; there are \(known).")
        }
        guard !names.isEmpty else { throw ValidationError("--channels is empty; name at least one.") }
        do { try settings.als.validate() } catch { throw ValidationError("\(error).") }
    }

    private var kinds: [ChannelKind] { channels.split(separator: ",").compactMap { ChannelKind(rawValue: String($0)) } }

    private var settings: ChannelSettings {
        var settings = ChannelSettings()
        settings.threads = threads
        settings.als.seed = seed
        if let factors { settings.als.factors = factors }
        if let iterations { settings.als.iterations = iterations }
        settings.swingSeed = seed
        return settings
    }

    func run() throws {
        let file = try EventFile(data)
        if let complaint = file.complaint {
            Output.note("\(Format.counted(file.refused, "line")) of \(data) were passed over; \(complaint)")
        }
        let events = file.events.map { Interaction(user: $0.user, item: $0.item, weight: $0.weight, time: $0.time) }
        let trials = try trials(events, users: file.users.count)
        let bar = ProgressBar()
        defer { bar.clear() }
        // What the weights are found on, and what is reported.
        let validation = try trained(on: trials.validation, "validation", bar)
        let test = try trained(on: trials.test, "test", bar)
        bar.clear()
        if !json { describe(trials.test, events.count, file) }
        for question in Question.allCases {
            func answering(_ channels: [MatchReport.Channel]) -> [MatchReport.Channel] {
                channels.filter { channel in
                    // It knows nothing new.
                    (question == .repeats || channel.kind != .again) && channel.question ?? question == question
                }
            }
            bar.show("\(question.title): learning the merge", done: 0, total: 1, unit: "models")
            let learned = try learned(on: examination(trials.validation, question), answering(validation))
            bar.clear()
            let report = MatchReport(
                question: question, channels: answering(test), weights: learned?.weights, model: learned?.model,
                examination: examination(trials.test, question), threads: threads, sampledSeed: sampled ? seed : nil)
            guard let report else {
                Output.note("\(question.title): nobody has an answer to be found")
                continue
            }
            if json { report.json.forEach(Output.json) } else { report.show() }
        }
    }

    private func trials(_ events: [Interaction], users: Int) throws -> (validation: Trial, test: Trial) {
        switch split {
        case .temporal:
            let length = Int64(days * Double(Decay.day))
            let end = (events.map(\.time).max() ?? 0) + 1
            let trials = [2, 1].map {
                Trial(events, users: users, at: end - $0 * length, days: days, minimumCount: minCount)
            }
            guard !trials[0].training.isEmpty else {
                throw Failure("\(data) has nothing before its last \(Format.short(2 * days)) days; choose fewer --days")
            }
            return (trials[0], trials[1])
        case .last:
            return (
                Trial.leavingLastOut(events, users: users, skipping: 1, minimumCount: minCount),
                Trial.leavingLastOut(events, users: users, minimumCount: minCount)
            )
        }
    }

    private func examination(_ trial: Trial, _ question: Question) -> Examination {
        Examination(trial, question, minimumHistory: minHistory)
    }

    private func trained(on trial: Trial, _ name: String, _ bar: ProgressBar) throws -> [MatchReport.Channel] {
        try kinds.enumerated().flatMap { place, kind in
            bar.show("\(name): \(kind.rawValue)", done: place, total: kinds.count, unit: "channels")
            let isOfBoth = !settings.dependsOnQuestion(kind)
            return try (isOfBoth ? [.new] : Question.allCases).map { question in
                let began = ContinuousClock.now
                do {
                    let scorer = try settings.channel(kind, of: trial, for: question)
                    return MatchReport.Channel(
                        kind: kind, question: isOfBoth ? nil : question, scorer: scorer,
                        seconds: (ContinuousClock.now - began) / .seconds(1))
                } catch {
                    throw Failure("\(kind.rawValue): \(error)")
                }
            }
        }
    }

    /// The weights with which the channels rank the validation best, and the model that knows most of it; nil where there
    /// is nothing to weigh, and no model where nothing can be learned.
    private func learned(
        on validation: Examination, _ channels: [MatchReport.Channel]
    ) throws -> (weights: [Float], model: LogisticRanker?)? {
        guard channels.count > 1, !validation.answers.isEmpty else { return nil }
        let scorers = channels.map(\.scorer)
        let weights = WeightTuning(scorers, on: validation, threads: threads).best(threads: threads).weights
        do throws(CollaborativeError) {
            let names = channels.map(\.kind.rawValue)
            let learned = try LearnedMerge.learn(from: scorers, names: names, on: validation, threads: threads)
            return (weights, learned.model)
        } catch .empty {
            return (weights, nil)
        } catch {
            throw Failure("\(error)")
        }
    }

    private func describe(_ trial: Trial, _ events: Int, _ file: EventFile) {
        Output.line(
            "\(Format.count(events)) events of \(Format.counted(file.users.count, "user")) with "
                + "\(Format.counted(file.items.count, "item")); \(Format.count(trial.items)) have \(minCount) or more of "
                + "the \(Format.count(trial.training.count)) events of those that are learned from")
    }
}
