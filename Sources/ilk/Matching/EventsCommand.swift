import ArgumentParser
import IlkClient
import IlkDatasets
import IlkProtocol

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Append and show what people did with items, and say what it counts.",
        discussion: """
            An event is a line of JSON: {"user":"u1","item":"sku-1","type":"click"}, with "key", "value", "at" and "context" \
            where there are any.

              ilk events append products events.ndjson.gz
              ilk events scroll products --user u1
              ilk events configure products --type share=2,30 --retention 365
            """,
        subcommands: [
            EventsAppendCommand.self, EventsScrollCommand.self, EventsConfigureCommand.self, EventsCompactCommand.self,
        ])
}

struct EventsAppendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "append", abstract: "Append events from a file, one JSON object a line.",
        discussion: """
            - reads standard input; .gz is unpacked. Events with a "key" may be sent again: each is kept once.

              ilk events append products events.ndjson
              echo '{"user":"u1","item":"sku-1","type":"order"}' | ilk events append products -
            """)
    @Argument(help: "The collection of the items.") var collection: String
    @Argument(help: ArgumentHelp("The file, or - for standard input.", valueName: "file")) var file: String
    @Option(help: "Events that are sent at once, 1 to 100000.") var batch = 5_000
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (1...100_000).contains(batch) else {
            throw ValidationError("--batch is \(batch); choose 1 to 100000.")
        }
    }

    func run() async throws {
        let lines = try LineFile(path: file)
        let connection = try await client.connect()
        let bar = ProgressBar()
        defer { bar.clear() }
        var appended = 0, duplicates = 0
        var sequence: JSONValue = .null
        var isAtEnd = false
        while !isAtEnd {
            var params = Array("{\"collection\":\(JSONValue.string(collection).text),\"events\":[".utf8)
            var count = 0
            let first = lines.line + 1
            // A request is a line, and those have a limit.
            while count < batch, params.count < 8 << 20 {
                guard let line = try lines.next() else {
                    isAtEnd = true
                    break
                }
                do throws(IlkError) {
                    if count > 0 { params.append(UInt8(ascii: ",")) }
                    params += try JSONText(written: line).bytes
                } catch {
                    throw Failure("\(file):\(lines.line): \(error.message); \(Format.count(appended)) were appended")
                }
                count += 1
            }
            guard count > 0 else { break }
            params += Array("]}".utf8)
            do {
                let line = try await connection.reply(to: "events.append", JSONText(validated: params))
                guard case .reply(_, let reply) = try ClientLine.read(line) else {
                    throw ClientError.notIlk(reason: "a notification came as a reply")
                }
                let result = try reply.get()
                appended += result["appended"]?.integer ?? 0
                duplicates += result["duplicates"]?.integer ?? 0
                sequence = result["sequence"] ?? .null
            } catch let error as IlkError {
                throw Failure(
                    "\(file), lines \(first) to \(lines.line): \(error.message) (\(error.code.rawValue)); \(Format.count(appended)) before them were appended"
                )
            }
            bar.show("events", done: appended + duplicates, total: nil, unit: "events")
        }
        bar.clear()
        if client.json {
            return Output.json(
                .object(
                    JSONObject([
                        ("appended", .int(Int64(appended))), ("duplicates", .int(Int64(duplicates))),
                        ("sequence", sequence),
                    ])))
        }
        let there = duplicates > 0 ? ", \(Format.count(duplicates)) were there already" : ""
        Output.line("\(Format.counted(appended, "event")) appended\(there)")
    }
}

struct EventsScrollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scroll", abstract: "Show events in the order in which they were appended.",
        discussion: """
            With --json an event is a line, as `ilk events append` reads it. Status 2 says that there are none.

              ilk events scroll products --user u1 --type order
              ilk events scroll products --all --json > events.ndjson
            """)
    @Argument(help: "The collection of the items.") var collection: String
    @Option(help: ArgumentHelp("Only this user's. \(PointArgument.explanation)", valueName: "id"))
    var user: PointArgument?
    @Option(help: "Only events of this type.") var type: String?
    @Option(name: .shortAndLong, help: "How many events to show.") var limit = 100
    @Flag(help: "Show all of them.") var all = false
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is \(limit); choose 1 or more, or --all.") }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [("collection", .string(collection))]
        if let user { params.append(("user", user.json)) }
        if let type { params.append(("type", .string(type))) }
        let (shown, areMore) = try await client.connect().pages(
            "events.scroll", params, of: "events", limit: all ? .max : limit, page: 5_000, show: show)
        if areMore, !client.json { Output.note("there are more: --limit or --all") }
        if shown == 0 { throw Failure("", status: Failure.nothingFound) }
    }

    private func show(_ events: [JSONValue]) {
        if client.json {
            for event in events {
                guard case .object(var object) = event else { continue }
                object["sequence"] = nil
                Output.json(.object(object))
            }
        } else if !events.isEmpty {
            var table = Table([
                .number("sequence"), .text("user"), .text("item"), .text("type"), .number("value"), .number("at"),
                .text("context"),
            ])
            for event in events {
                table.add(
                    ["sequence", "user", "item", "type", "value", "at", "context"].map { event[$0]?.plain ?? "" })
            }
            table.show()
        }
    }
}

/// A type of events, as `share=2` or `share=2,30`: its weight, and the days after which it says half as much.
struct EventTypeArgument: ExpressibleByArgument {
    let name: String
    let json: JSONValue

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        let numbers = parts[1].split(separator: ",").map { Double($0) }
        guard (1...2).contains(numbers.count), let weight = numbers[0] else { return nil }
        var members: [(String, JSONValue)] = [("weight", .double(weight))]
        if numbers.count == 2 {
            guard let days = numbers[1] else { return nil }
            members.append(("half_life_days", .double(days)))
        }
        name = parts[0]
        json = .object(JSONObject(members))
    }
}

struct EventsConfigureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "configure", abstract: "Show or change what events count, and how long they are kept.",
        discussion: """
            Without options it shows how things are.

              ilk events configure products --type share=2,30 --type hide=-3
            """)
    @Argument(help: "The collection of the items.") var collection: String
    @Option(
        name: .customLong("type"), parsing: .singleValue,
        help: ArgumentHelp(
            "A type with its weight, under 0 for dislike, and the days after which it says half as much.",
            valueName: "name=weight,days"))
    var types: [EventTypeArgument] = []
    @Option(help: "Days after which `ilk events compact` deletes an event; 0 keeps all.") var retention: Int?
    @OptionGroup var client: ClientOptions

    func run() async throws {
        var params: [(String, JSONValue)] = [("collection", .string(collection))]
        if !types.isEmpty { params.append(("types", .object(JSONObject(types.map { ($0.name, $0.json) })))) }
        if let retention { params.append(("retention_days", .int(Int64(retention)))) }
        let result = try await client.call("events.configure", params)
        if client.json { return Output.json(result) }
        var table = Table([.text("type"), .number("weight"), .number("half-life in days")])
        for type in result["types"]?.members ?? [] {
            table.add([type.key, type.value["weight"]?.plain ?? "", type.value["half_life_days"]?.plain ?? ""])
        }
        table.show()
        let days = result["retention_days"]?.integer ?? 0
        Output.line(days == 0 ? "events are kept for ever" : "events are kept for \(Format.counted(days, "day"))")
    }
}

struct EventsCompactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Delete events past their retention, and every trace of what was deleted or forgotten.",
        discussion: "  ilk events compact products")
    @Argument(help: "The collection of the items.") var collection: String
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let result = try await client.call("events.compact", [("collection", .string(collection))])
        if client.json { return Output.json(result) }
        let deleted = Format.counted(result["deleted"]?.integer ?? 0, "event")
        Output.line("\(deleted) deleted, \(Format.count(result["events"]?.integer ?? 0)) kept")
    }
}
