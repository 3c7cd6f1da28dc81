package import IlkProtocol
import IlkVectors

/// Which variant of an experiment somebody has got.
package struct ExperimentAssignment: Sendable, Equatable {
    package var experiment: String
    package var variant: String
    /// The share of all people who get it: how likely it was.
    package var share: Double

    /// As it goes over the wire, and as it is kept with what was shown.
    package var json: JSONObject {
        JSONObject([
            ("name", .string(experiment)), ("variant", .string(variant)), ("share", .double(share)),
        ])
    }
}

extension Experiment {
    /// The variant of a person: always the same one, as long as name and weights are the same.
    ///
    /// The hash of both names is a place in 0 ..< 1, which weights share out. So people are shared out anew with each
    /// experiment, and nothing needs to be kept.
    package func variant(of user: PointID) -> (request: MatchItems, assignment: ExperimentAssignment) {
        let who =
            switch user {
            case .string(let text): "s\(text)"
            case .number(let number): "n\(number)"
            }
        // SAFETY: the bytes are only read while the closure runs.
        let hash = unsafe Array("\(name)\0\(who)".utf8).withUnsafeBytes { unsafe Checksum.xxh3($0) }
        let place = Double(hash >> 11) / Double(1 << 53)
        let total = variants.reduce(0) { $0 + Double($1.weight) }
        var end = 0.0
        var chosen = variants[variants.count - 1]
        for variant in variants {
            end += Double(variant.weight) / total
            if place < end {
                chosen = variant
                break
            }
        }
        let assignment = ExperimentAssignment(
            experiment: name, variant: chosen.name, share: Double(chosen.weight) / total)
        return (chosen.request, assignment)
    }
}
