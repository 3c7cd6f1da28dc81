import ArgumentParser
import IlkProtocol

struct ThemeTrafficCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traffic", abstract: "Show what traffic venues got, or set what one shall get.",
        discussion: """
            With a guarantee, a cap, a target or an opening the rules of one venue are set, in the place of those before; \
            --no-rules takes them away. A number of exposures and hours is written 500/48.

              ilk theme traffic products
              ilk theme traffic products pandas --guarantee 500/48 --cap-per-hour 200 --target 5000/24
            """)
    @Argument(help: "The collection of products.") var collection: String
    @Argument(help: ArgumentHelp("Venues; all if left out.", valueName: "id")) var themes: [String] = []
    @Option(help: ArgumentHelp("Exposures that it gets within the first hours.", valueName: "count/hours"))
    var guarantee: GoalArgument?
    @Option(help: "Exposures in any 60 minutes at most.") var capPerHour: Int?
    @Option(help: ArgumentHelp("Exposures that it is paced to in every so many hours.", valueName: "count/hours"))
    var target: GoalArgument?
    @Option(help: ArgumentHelp("When it was opened, in seconds since 1970.", valueName: "seconds"))
    var openedAt: Double?
    @Flag(help: "Take its rules away.") var noRules = false
    @OptionGroup var client: ClientOptions

    private var hasRules: Bool { guarantee != nil || capPerHour != nil || target != nil || openedAt != nil }

    func validate() throws {
        guard !(hasRules && noRules) else { throw ValidationError("Give rules, or --no-rules.") }
        guard !(hasRules || noRules) || themes.count == 1 else {
            throw ValidationError("Say which venue the rules are for: one id.")
        }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [("collection", .string(collection))]
        if hasRules || noRules {
            var venue = JSONObject([("theme", .string(themes[0]))])
            venue["guarantee"] = guarantee?.json
            venue["cap_per_hour"] = capPerHour.map { .int(Int64($0)) }
            venue["target"] = target?.json
            venue["opened_at"] = openedAt.map { .double($0) }
            params.append(("venues", .array([.object(venue)])))
        } else if !themes.isEmpty {
            params.append(("themes", .array(themes.map { .string($0) })))
        }
        let result = try await client.call("theme.traffic", params)
        let venues = result["venues"]?.elements ?? []
        if client.json {
            Output.json(result)
        } else if !venues.isEmpty {
            var table = Table([
                .text("theme"), .text("state"), .number("exposures"), .number("clicks"), .number("orders"),
                .number("rate"), .number("±"), .number("last hour"), .text("rules"),
            ])
            for venue in venues { table.add(row(venue)) }
            table.show()
        }
        if venues.isEmpty { throw Failure("", status: Failure.nothingFound) }
    }

    private func row(_ venue: JSONValue) -> [String] {
        func count(_ key: String) -> String { Format.count(venue[key]?.integer ?? 0) }
        func goal(_ value: JSONValue) -> String {
            "\(Format.count(value["exposures"]?.integer ?? 0)) in \(Format.short(value["hours"]?.number ?? 0)) h"
        }
        var rules: [String] = []
        if let guarantee = venue["guarantee"] {
            rules.append("guaranteed \(goal(guarantee)), \(venue["guaranteed"]?["missing"]?.integer ?? 0) missing")
        }
        if let cap = venue["cap_per_hour"]?.integer { rules.append("at most \(Format.count(cap)) an hour") }
        if let target = venue["target"] { rules.append("paced to \(goal(target))") }
        let rate = venue["click_rate"]
        return [
            venue["theme"]?.plain ?? "", venue["state"]?.plain ?? "", count("exposures"), count("clicks"),
            count("orders"), Format.decimal(rate?["mean"]?.number ?? 0, 4),
            Format.decimal(rate?["deviation"]?.number ?? 0, 4), count("last_hour"), rules.joined(separator: "; "),
        ]
    }
}

/// Exposures and hours on the command line: `500/48`.
struct GoalArgument: ExpressibleByArgument {
    let json: JSONValue

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let exposures = Int64(parts[0]), let hours = Double(parts[1]) else { return nil }
        json = .object(JSONObject([("exposures", .int(exposures)), ("hours", .double(hours))]))
    }
}
