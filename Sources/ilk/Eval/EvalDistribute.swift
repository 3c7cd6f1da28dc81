import ArgumentParser
import IlkProtocol
import IlkThemes

struct EvalDistribute: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distribute",
        abstract: "Simulate how venues are distributed to people: guarantees, click rate, regret.",
        discussion: """
            A shop is simulated, with people who like some venues better than others and venues that are opened along the \
            way with a guarantee. The same people come in the same order for each policy: ilk's own; Thompson sampling \
            without guarantees and caps; the best venue so far, and one time in ten any (ε-greedy); any. It needs no daemon.

            Attainment is the share of the guaranteed exposures that were shown in time, on average and of the guarantee \
            that did worst. CTR is by the true chances of a click, which no policy knows; regret is how many clicks were \
            lost against the best venues each time. Cap breaks are exposures beyond --cap in any 60 minutes.

              ilk eval distribute --requests 100000 --days 30
            """)

    @Option(help: "People.") var users = MarketSize().users
    @Option(help: "Venues from the beginning.") var venues = MarketSize().venues
    @Option(help: "Venues that are opened along the way.") var newVenues = MarketSize().newVenues
    @Option(help: "Days that are simulated.") var days = MarketSize().days
    @Option(help: "How often somebody comes.") var requests = MarketSize().requests
    @Option(name: .shortAndLong, help: "Venues that are shown each time.") var k = MarketSize().k
    @Option(help: "Exposures that a new venue is guaranteed.") var guarantee = MarketSize().guarantee
    @Option(help: "Hours within which it is.") var guaranteeHours = MarketSize().guaranteeHours
    @Option(help: "Exposures of a venue in an hour at most.") var cap = MarketSize().cap
    @Option(help: "The seed of everything random.") var seed: UInt64 = MarketSize().seed
    @Flag(help: "Print JSON, one object a line, for other programs.") var json = false

    func validate() throws {
        func check(_ value: Int, _ name: String, _ range: ClosedRange<Int>) throws {
            guard range.contains(value) else {
                throw ValidationError("--\(name) is \(value); choose \(range.lowerBound) to \(range.upperBound).")
            }
        }
        try check(users, "users", 1...100_000)
        try check(venues, "venues", 1...10_000)
        try check(newVenues, "new-venues", 0...10_000)
        try check(requests, "requests", 1...100_000_000)
        try check(k, "k", 1...100)
        try check(guarantee, "guarantee", 1...1_000_000_000)
        try check(cap, "cap", 1...1_000_000_000)
        guard days > 0, days <= 3_650 else { throw ValidationError("--days is \(days); choose over 0 to 3650.") }
        guard guaranteeHours > 0, guaranteeHours <= 87_600 else {
            throw ValidationError("--guarantee-hours is \(guaranteeHours); choose over 0 to 87600.")
        }
    }

    private var size: MarketSize {
        var size = MarketSize()
        size.users = users
        size.venues = venues
        size.newVenues = newVenues
        size.days = days
        size.requests = requests
        size.k = k
        size.guarantee = guarantee
        size.guaranteeHours = guaranteeHours
        size.cap = cap
        size.seed = seed
        return size
    }

    func run() throws {
        let trial = DistributionTrial(SimulatedMarket(size))
        let bar = ProgressBar()
        defer { bar.clear() }
        let policies = TriedPolicy.allCases
        let rows = policies.enumerated().map { place, policy in
            bar.show(policy.rawValue, done: place, total: policies.count, unit: "policies")
            return (policy, trial.run(policy))
        }
        bar.clear()
        guard !json else { return rows.forEach { Output.json($0.1.json($0.0)) } }
        var table = Table(
            [.text("policy")]
                + ["attained", "worst", "CTR", "vs free", "regret", "clicks", "cap breaks"].map { .number($0) })
        let free = rows.first { $0.0 == .unconstrained }?.1.clickRate ?? 0
        for (policy, measures) in rows {
            let difference = free > 0 ? measures.clickRate / free - 1 : 0
            table.add([
                policy.rawValue, Format.decimal(measures.attainment, 3), Format.decimal(measures.leastAttained, 3),
                Format.decimal(measures.clickRate, 4), Format.decimal(100 * difference, 1) + " %",
                Format.count(Int(measures.regret.rounded())), Format.count(measures.clicks),
                Format.count(measures.capBreaks),
            ])
        }
        table.show()
        Output.note(
            "\(Format.count(rows.first?.1.exposures ?? 0)) exposures; the best venues each time would have a CTR of "
                + Format.decimal((rows.first?.1.best ?? 0) / Double(max(1, rows.first?.1.exposures ?? 1)), 4))
    }
}

extension DistributionMeasures {
    fileprivate func json(_ policy: TriedPolicy) -> JSONValue {
        func number(_ value: Double) -> JSONValue { .double((value * 1e6).rounded() / 1e6) }
        return .object(
            JSONObject([
                ("policy", .string(policy.rawValue)), ("exposures", .int(Int64(exposures))),
                ("clicks", .int(Int64(clicks))), ("ctr", number(clickRate)), ("regret", number(regret)),
                ("attainment", number(attainment)), ("least_attained", number(leastAttained)),
                ("cap_breaks", .int(Int64(capBreaks))),
            ]))
    }
}
