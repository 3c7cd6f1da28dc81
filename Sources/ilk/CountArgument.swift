import ArgumentParser

/// A name with a count over 0: a channel with its quota, a field with its limit, a model with its generation.
///
/// `content=200`, `brand=2`.
struct CountArgument: ExpressibleByArgument {
    let name: String
    let count: Int

    init?(argument: String) {
        let parts = argument.split(separator: "=").map(String.init)
        guard parts.count == 2, let count = Int(parts[1]), count > 0 else { return nil }
        name = parts[0]
        self.count = count
    }
}
