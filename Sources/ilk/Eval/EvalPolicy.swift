import ArgumentParser
import IlkCollaborative
import IlkDatasets
import IlkProtocol

struct EvalPolicy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Estimate what a policy would have earned from what another one showed: IPS and SNIPS.",
        discussion: """
            One JSON object a line for each thing that was shown: "propensity", as match.items with "explore" told it; "reward", \
            what came of it; and "target", how likely the policy in question would have shown it in that place, 0 to 1 \
            (1 or 0 for a policy without chance). - reads standard input; .gz is unpacked.

            Lines of `ilk match shown --json` need no "target": --experiment compares the variants of one, --greedy asks what \
            the same policy earns without exploring. Standard errors take what was shown as independent of one another.

              ilk eval policy shown.ndjson --clip 100
              echo '{"propensity":0.1,"reward":1,"target":1}' | ilk eval policy -
              ilk match shown products --all --json | ilk eval policy - --experiment feed-1
            """)
    @Argument(help: ArgumentHelp("The file, or - for standard input.", valueName: "file")) var file: String
    @Option(help: "Weights above it count as it, which trades noise for bias.") var clip: Double?
    @Option(help: ArgumentHelp("Compare the variants of this experiment.", valueName: "name")) var experiment: String?
    @Flag(help: "What was shown by chance would not have been shown.") var greedy = false
    @Flag(help: "One JSON object in place of a table.") var json = false

    func validate() throws {
        if let clip, !(clip >= 1) { throw ValidationError("--clip is \(clip); choose 1 or more.") }
        if experiment != nil, greedy { throw ValidationError("Give --experiment or --greedy, not both.") }
    }

    func run() throws {
        let lines = try LineFile(path: file)
        var shown: [Shown] = []
        while let line = try lines.next() {
            let place = "\(file):\(lines.line)"
            let value: JSONValue
            do { value = try JSONText(written: line).parsed() } catch { throw Failure("\(place): \(error.message)") }
            guard let one = try Shown(value, at: place, experiment: experiment, greedy: greedy) else { continue }
            // Said of the line, not of the whole file.
            do { _ = try PolicyValue([one.decision]) } catch { throw Failure("\(place): \(error)") }
            shown.append(one)
        }
        guard let experiment else { return show(try value(shown.map(\.decision))) }
        let variants = Set(shown.compactMap(\.variant)).sorted()
        guard !variants.isEmpty else {
            throw Failure("\(file): nothing was shown in experiment '\(experiment)'", status: Failure.nothingFound)
        }
        try compare(variants, shown)
    }

    private func value(_ decisions: [PolicyValue.Decision]) throws -> PolicyValue {
        do { return try PolicyValue(decisions, clip: clip) } catch { throw Failure("\(file): \(error)") }
    }

    /// One thing that was shown.
    private struct Shown {
        var decision: PolicyValue.Decision
        var variant: String?

        /// What a line says; nil for one that is of another experiment, or of none.
        init?(_ line: JSONValue, at place: String, experiment: String?, greedy: Bool) throws {
            guard let propensity = line["propensity"]?.number, let reward = line["reward"]?.number else {
                throw Failure("\(place): a line needs the numbers 'propensity' and 'reward'")
            }
            if let experiment {
                guard let own = line["experiment"], own["name"]?.string == experiment else { return nil }
                guard let name = own["variant"]?.string, let share = own["share"]?.number else {
                    throw Failure("\(place): its experiment lacks 'variant' or 'share'")
                }
                // Of one variant by itself the chance of the variant goes, that within it stays.
                decision = PolicyValue.Decision(propensity: share * propensity, target: propensity, reward: reward)
                variant = name
                return
            }
            let target = greedy ? (line["explored"] == .bool(true) ? 0 : 1) : line["target"]?.number
            guard let target else {
                throw Failure("\(place): a line needs the number 'target'; or give --greedy, or --experiment")
            }
            decision = PolicyValue.Decision(propensity: propensity, target: target, reward: reward)
        }
    }

    private func compare(_ variants: [String], _ shown: [Shown]) throws {
        var table = Table([
            .text("variant"), .number("shown"), .number("IPS"), .number("standard error"), .number("SNIPS"),
            .number("standard error"),
        ])
        for variant in variants {
            let decisions = shown.map { one in
                var decision = one.decision
                if one.variant != variant { decision.target = 0 }
                return decision
            }
            let value = try value(decisions)
            if json {
                Output.json(.object(JSONObject([("variant", .string(variant))] + Self.members(value))))
            } else {
                table.add([
                    variant, Format.count(value.matched), Format.decimal(value.ips, 4),
                    Format.decimal(value.ipsError, 4), Format.decimal(value.snips, 4),
                    Format.decimal(value.snipsError, 4),
                ])
            }
        }
        if !json { table.show() }
    }

    private static func members(_ value: PolicyValue) -> [(String, JSONValue)] {
        [
            ("decisions", .int(Int64(value.decisions))), ("matched", .int(Int64(value.matched))),
            ("effective_sample", .double(value.effectiveSample)), ("logged", .double(value.logged)),
            ("ips", .double(value.ips)), ("ips_error", .double(value.ipsError)),
            ("snips", value.snips.isFinite ? .double(value.snips) : .null),
            ("snips_error", value.snipsError.isFinite ? .double(value.snipsError) : .null),
        ]
    }

    private func show(_ value: PolicyValue) {
        guard !json else { return Output.json(.object(JSONObject(Self.members(value)))) }
        var table = Table([.text("estimate"), .number("value"), .number("standard error")])
        table.add(["logged policy", Format.decimal(value.logged, 4), ""])
        table.add(["IPS", Format.decimal(value.ips, 4), Format.decimal(value.ipsError, 4)])
        if value.snips.isFinite {
            table.add(["SNIPS", Format.decimal(value.snips, 4), Format.decimal(value.snipsError, 4)])
        }
        table.show()
        Output.line(
            "\(Format.counted(value.decisions, "decision")), \(Format.count(value.matched)) of them possible for the policy in question; worth \(Format.decimal(value.effectiveSample, 0)) of its own"
        )
    }
}
