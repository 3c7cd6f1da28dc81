import ArgumentParser
import Foundation
import IlkProtocol
import IlkService
import IlkVectors

struct Info: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what the daemon is: version, kernels, BLAS library and its threads, limits.",
        discussion: """
            With --local it needs no daemon, and shows what this executable and machine have.

              ilk info
              ilk info --local --json
            """)

    @OptionGroup var client: ClientOptions

    @Flag(help: "Show this executable and machine instead of the daemon.")
    var local = false

    func run() async throws {
        if local { KernelChoice.warn() }
        let info = local ? Self.local : try await client.call("info")
        if client.json { return Output.json(info) }
        var table = Table([.text("what"), .text("value")])
        Self.flatten(info, "").forEach { table.add([$0.0, $0.1]) }
        table.lines(width: Output.width).dropFirst().forEach { Output.line($0) }
    }

    /// What `info` says, as far as it can be told without a daemon.
    private static var local: JSONValue {
        let blas = JSONObject([("library", .string(BLAS.library)), ("threads", .int(Int64(BLAS.threads)))])
        return .object(
            JSONObject([
                ("version", .string(Engine.version)), ("kernels", .string(Kernels.name)), ("blas", .object(blas)),
                ("cores", .int(Int64(ProcessInfo.processInfo.activeProcessorCount))),
                ("system", .string(ProcessInfo.processInfo.operatingSystemVersionString)),
                ("socket", .string(Places.socket)), ("data", .string(Places.data)),
            ]))
    }

    /// Members of members as dotted names.
    static func flatten(_ value: JSONValue, _ prefix: String) -> [(String, String)] {
        guard case .object(let object) = value else { return [(prefix, value.plain)] }
        return object.members.flatMap { flatten($0.value, prefix.isEmpty ? $0.key : "\(prefix).\($0.key)") }
    }
}
