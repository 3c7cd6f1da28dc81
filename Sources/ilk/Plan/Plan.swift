import ArgumentParser
import Foundation
import IlkCollection
import IlkProtocol

struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what a collection will take: memory and disk by part, and time to build.",
        discussion: """
            Nothing is read and nothing made. Bytes follow the formulas by which ilk lays its data out; the time was measured \
            and depends on the machine and the data.

              ilk plan --points 10M --dimension 384 --storage u8
              ilk plan --points 2M --dimension 768 --payload 400 --id-length 36 \\
                  --field category=keyword --field price=float
            """)

    @Option(help: ArgumentHelp("How many points, as 250000, 250k or 10M.", valueName: "count")) var points: PointCount
    @Option(help: "Components of a vector.") var dimension: Int
    @Option(
        help: ArgumentHelp(
            "What searches read, as of a new collection (default: auto, which is taken for u8 from 32 components on).",
            valueName: "auto|u8|f32"))
    var storage = StorageName.auto
    @Option(help: "Links a node of the graph keeps, 2 to 128.") var m = 16
    @Option(help: "Width of the candidate list while building.") var efConstruction = 200
    @Option(help: ArgumentHelp("A payload field that is declared; may be repeated.", valueName: "path=type"))
    var field: [FieldArgument] = []
    @Option(help: ArgumentHelp("Bytes of a payload as JSON, on average.", valueName: "bytes")) var payload = 0
    @Option(help: ArgumentHelp("Bytes of an id, on average; 0 where ids are numbers.", valueName: "bytes"))
    var idLength = 0
    @Option(help: "Threads that build and search (default: one a core).") var threads: Int?
    @Flag(help: "Print one JSON object, for other programs.") var json = false

    func validate() throws {
        func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
            guard range.contains(value) else {
                throw ValidationError("--\(name) is \(value); choose \(range.lowerBound) to \(range.upperBound).")
            }
        }
        try check("dimension", dimension, 1...65_536)
        try check("m", m, 2...128)
        try check("ef-construction", efConstruction, m...4_096)
        try check("payload", payload, 0...UpsertPoint.maximumPayload)
        try check("id-length", idLength, 0...PointID.maximumLength)
        try check("threads", threads ?? 1, 1...1_024)
    }

    func run() {
        let plan = CapacityPlan(
            CapacityPlan.Shape(
                points: points.count, dimension: dimension, storage: storage, m: m, efConstruction: efConstruction,
                fields: field.map(\.field.kind), payloadBytes: payload, idBytes: idLength,
                threads: threads ?? ProcessInfo.processInfo.activeProcessorCount))
        if json { Output.json(plan.json) } else { show(plan) }
    }

    private func show(_ plan: CapacityPlan) {
        let codes = plan.shape.hasCodes ? "codes of a byte a component" : "vectors"
        Output.line(
            "\(Format.counted(points.count, "point")) of \(Format.counted(dimension, "component")), walks read \(codes)"
        )
        show("memory", plan.memory, "\(Format.bytes(CapacityPlan.daemonBytes)) for the daemon itself not counted")
        show("disk", plan.disk, "without snapshots")
        Output.line("")
        Output.line(
            "build: about \(Format.seconds(plan.buildSeconds)) on \(Format.counted(plan.shape.threads, "thread")); "
                + "a half to twice that on other machines and data")
    }

    private func show(_ title: String, _ parts: [CapacityPlan.Part], _ note: String) {
        Output.line("")
        var table = Table([.text(title), .number("size"), .number("a point"), .text("what it is")])
        for part in parts where part.bytes > 0 { table.add(row(part.name, part.bytes, part.meaning)) }
        table.add(row("together", parts.reduce(0) { $0 + $1.bytes }, note))
        table.show()
    }

    private func row(_ name: String, _ bytes: Int, _ meaning: String) -> [String] {
        [name, Format.bytes(bytes), Format.decimal(Double(bytes) / Double(points.count), 1), meaning]
    }
}

extension CapacityPlan {
    /// The plan as one object; bytes and seconds.
    fileprivate var json: JSONValue {
        func object(_ parts: [Part]) -> JSONValue {
            .object(JSONObject(parts.map { ($0.name, .int(Int64($0.bytes))) }))
        }
        func total(_ parts: [Part]) -> JSONValue { .int(Int64(parts.reduce(0) { $0 + $1.bytes })) }
        return .object(
            JSONObject([
                ("points", .int(Int64(shape.points))), ("dimension", .int(Int64(shape.dimension))),
                ("memory", object(memory)), ("memory_bytes", total(memory)), ("disk", object(disk)),
                ("disk_bytes", total(disk)), ("build_s", .double(buildSeconds.rounded())),
                ("threads", .int(Int64(shape.threads))),
            ]))
    }
}
