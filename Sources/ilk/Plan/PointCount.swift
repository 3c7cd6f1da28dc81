import ArgumentParser

/// A number of points as people say it: `250000`, `250k`, `10M`, `1.5G`.
struct PointCount: ExpressibleByArgument {
    let count: Int

    init?(argument: String) {
        let scales: [Character: Double] = ["k": 1e3, "m": 1e6, "g": 1e9]
        var digits = argument.lowercased()[...]
        var scale = 1.0
        if let last = digits.last, let known = scales[last] {
            scale = known
            digits.removeLast()
        }
        guard let number = Double(digits), number.isFinite, number * scale >= 1, number * scale <= 4e9 else {
            return nil
        }
        count = Int(number * scale)
    }
}
