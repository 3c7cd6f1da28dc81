/// Why a model cannot be made.
package enum CollaborativeError: Error, Equatable, CustomStringConvertible {
    /// A parameter is out of range.
    case parameter(String, found: String, allowed: String)
    /// There is nothing to learn from.
    case empty(String)
    /// Numbers that do not make a model, or examples that do not fit together.
    case malformed(String)

    package var description: String {
        switch self {
        case .parameter(let name, let found, let allowed): "\(name) is \(found); choose \(allowed)"
        case .empty(let what): "there is nothing to learn from: \(what)"
        case .malformed(let what): "this is no model, nor the data of one: \(what); make it anew"
        }
    }

    static func check(_ name: String, _ value: Int, in allowed: ClosedRange<Int>) throws(CollaborativeError) {
        guard allowed.contains(value) else {
            throw .parameter(name, found: "\(value)", allowed: "\(allowed.lowerBound) to \(allowed.upperBound)")
        }
    }

    static func check(_ name: String, _ value: Float, in allowed: ClosedRange<Float>) throws(CollaborativeError) {
        guard allowed.contains(value) else {
            throw .parameter(name, found: "\(value)", allowed: "\(allowed.lowerBound) to \(allowed.upperBound)")
        }
    }
}
