import ArgumentParser
import IlkProtocol

/// A circumstance, as `hour=20`, `device=phone` or `guest=true`: a number or a truth value where it can be one.
struct ContextArgument: ExpressibleByArgument {
    let name: String
    let value: JSONValue

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        name = parts[0]
        if let number = Double(parts[1]), number.isFinite {
            value = .double(number)
        } else {
            value = parts[1] == "true" ? .bool(true) : parts[1] == "false" ? .bool(false) : .string(parts[1])
        }
    }
}
