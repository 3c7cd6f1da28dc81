import Glibc
import IlkFilter
import IlkProtocol
import IlkVectors

extension FloorBuilder {
    /// Shares of products that a good field has values for, and that its greatest group may have.
    private static let leastCovered = 0.6
    private static let greatestShare = 0.7

    /// The keyword field that cuts the candidates best: into groups of a floor's size, evenly, with few left over, whose
    /// products are more alike than others; nil where none cuts them well.
    func bestField() -> String? {
        let scored = fields.filter { $0.kind == .keyword }.compactMap { field -> (path: String, score: Double)? in
            let groups = groups(by: field.path).filter { $0.value != .null }
            let covered = groups.reduce(0) { $0 + $1.members.count }
            let large = groups.filter { $0.members.count >= max(2, rules.smallest ?? max(2, rules.size / 4)) }
            let placed = large.reduce(0) { $0 + $1.members.count }
            guard large.count >= 2, Double(covered) >= Self.leastCovered * Double(candidates.count),
                let greatest = large.map(\.members.count).max(),
                Double(greatest) <= Self.greatestShare * Double(candidates.count)
            else { return nil }
            // How evenly: the entropy of the groups, as a share of what as many floors could have.
            let entropy = large.reduce(0.0) { sum, group in
                let share = Double(group.members.count) / Double(placed)
                return sum - share * log(share)
            }
            let evenness = min(1, entropy / log(Double(min(max(large.count, 2), rules.floors))))
            let score = evenness * Double(placed) / Double(candidates.count) * (0.5 + coherence(of: large))
            return (field.path, score)
        }
        return scored.max { ($0.score, $1.path) < ($1.score, $0.path) }?.path
    }

    /// How much nearer the products of a group are to each other than to all, 0 to 1.
    private func coherence(of groups: [FloorGroup]) -> Double {
        guard let dimension = candidates.first(where: { !$0.vector.isEmpty })?.vector.count else { return 0 }
        func resultant(_ places: [Int]) -> Double {
            var sum = [Float](repeating: 0, count: dimension)
            var count = 0
            for place in places where candidates[place].vector.count == dimension {
                count += 1
                for index in 0..<dimension { sum[index] += candidates[place].vector[index] }
            }
            guard count > 0 else { return 0 }
            return Double(Kernels.dot(sum.span, sum.span).squareRoot()) / Double(count)
        }
        let all = resultant(Array(candidates.indices))
        let within = groups.map { (resultant($0.members), $0.members.count) }
        let total = within.reduce(0) { $0 + $1.1 }
        guard total > 0, all < 1 else { return 0 }
        let mean = within.reduce(0.0) { $0 + $1.0 * Double($1.1) } / Double(total)
        return min(1, max(0, (mean - all) / (1 - all)))
    }

    // MARK: Clusters

    /// Products by the directions of their vectors: k-means on the sphere (Dhillon & Modha, 2001), seeded, so that equal
    /// candidates give equal floors.
    func clusters() -> [FloorGroup] {
        let placed = candidates.indices.filter { !candidates[$0].vector.isEmpty }
        let rest = candidates.indices.filter { candidates[$0].vector.isEmpty }
        let count = min(rules.floors, max(1, placed.count / max(1, rules.size)))
        let clusters = SphericalClusters(placed.map { candidates[$0].vector }, count: count)
        var groups: [FloorGroup] = []
        for (number, members) in clusters.members.enumerated() where !members.isEmpty {
            let places = members.map { placed[$0] }
            groups.append(
                FloorGroup(
                    title: "", by: JSONObject([("cluster", .int(Int64(number)))]), value: .int(Int64(number)),
                    members: places))
        }
        for (place, title) in titles(of: groups).enumerated() { groups[place].title = title }
        if !rest.isEmpty {
            groups.append(FloorGroup(title: "Other", by: JSONObject([("cluster", .null)]), value: .null, members: rest))
        }
        return groups
    }

    /// What tells groups apart: the value of a keyword field that most of one have and few of the others; else the title of
    /// its first product.
    private func titles(of groups: [FloorGroup]) -> [String] {
        let paths = fields.filter { $0.kind == .keyword }.map(\.path)
        var overall: [String: [FilterValue: Int]] = [:]
        for path in paths {
            for candidate in candidates {
                for value in Set(candidate.values[path] ?? []) { overall[path, default: [:]][value, default: 0] += 1 }
            }
        }
        var used: Set<String> = []
        return groups.map { group in
            var best: (score: Double, title: String) = (0, "")
            for path in paths {
                var own: [FilterValue: Int] = [:]
                for place in group.members {
                    for value in Set(candidates[place].values[path] ?? []) { own[value, default: 0] += 1 }
                }
                for (value, count) in own where count * 2 > group.members.count {
                    let share = Double(count) / Double(group.members.count)
                    let purity = Double(count) / Double(overall[path]?[value] ?? count)
                    let title = plain(value)
                    if !used.contains(title), (share * purity, title) > best { best = (share * purity, title) }
                }
            }
            var title = best.score > 0.25 ? best.title : candidates[group.members[0]].title
            if title.isEmpty { title = "Group \(used.count + 1)" }
            used.insert(title)
            return title
        }
    }
}
