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

              ilk eval policy shown.ndjson --clip 100
              echo '{"propensity":0.1,"reward":1,"target":1}' | ilk eval policy -
            """)
    @Argument(help: ArgumentHelp("The file, or - for standard input.", valueName: "file")) var file: String
    @Option(help: "Weights above it count as it, which trades noise for bias.") var clip: Double?
    @Flag(help: "One JSON object in place of a table.") var json = false

    func validate() throws {
        if let clip, !(clip >= 1) { throw ValidationError("--clip is \(clip); choose 1 or more.") }
    }

    func run() throws {
        let lines = try LineFile(path: file)
        var decisions: [PolicyValue.Decision] = []
        while let line = try lines.next() {
            let place = "\(file):\(lines.line)"
            let value: JSONValue
            do { value = try JSONText(written: line).parsed() } catch { throw Failure("\(place): \(error.message)") }
            guard let propensity = value["propensity"]?.number, let reward = value["reward"]?.number,
                let target = value["target"]?.number
            else { throw Failure("\(place): a line needs the numbers 'propensity', 'reward' and 'target'") }
            decisions.append(PolicyValue.Decision(propensity: propensity, target: target, reward: reward))
            // Said of the line, not of the whole file.
            do { _ = try PolicyValue([decisions[decisions.count - 1]]) } catch { throw Failure("\(place): \(error)") }
        }
        let value: PolicyValue
        do { value = try PolicyValue(decisions, clip: clip) } catch { throw Failure("\(file): \(error)") }
        show(value)
    }

    private func show(_ value: PolicyValue) {
        guard !json else {
            let members: [(String, JSONValue)] = [
                ("decisions", .int(Int64(value.decisions))), ("matched", .int(Int64(value.matched))),
                ("effective_sample", .double(value.effectiveSample)), ("logged", .double(value.logged)),
                ("ips", .double(value.ips)), ("ips_error", .double(value.ipsError)),
                ("snips", value.snips.isFinite ? .double(value.snips) : .null),
                ("snips_error", value.snipsError.isFinite ? .double(value.snipsError) : .null),
            ]
            return Output.json(.object(JSONObject(members)))
        }
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
