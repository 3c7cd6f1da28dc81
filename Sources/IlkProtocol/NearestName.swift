/// The name that somebody may have meant.
public enum NearestName {
    /// The nearest of `names` by edit distance; nil where none is near enough to be a slip.
    public static func of(_ name: String, among names: some Sequence<String>) -> String? {
        let limit = max(1, name.count / 3)
        return names.map { ($0, distance(name, $0)) }.filter { $0.1 <= limit }.min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
    }

    /// `; did you mean 'x'?`, or nothing.
    public static func hint(for name: String, among names: some Sequence<String>) -> String {
        of(name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// Insertions, deletions, substitutions and swaps of neighbors (optimal string alignment).
    private static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a.lowercased().prefix(64)), b = Array(b.lowercased().prefix(64))
        var rows = [Array(0...b.count)]
        for i in 1...max(a.count, 1) where i <= a.count {
            var row = [i]
            for j in 1...max(b.count, 1) where j <= b.count {
                var best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] { best = min(best, rows[i - 2][j - 2] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
