/// The name that somebody may have meant.
public enum NearestName {
    /// The nearest of `names` by edit distance; nil where none is near enough to be a slip.
    ///
    /// A name may be a third wrong, whatever its case; one of a single letter may not, or any letter would be near.
    /// Nothing is near a name of over 64 bytes: measuring it would take long.
    public static func of(_ name: String, among names: some Sequence<String>) -> String? {
        guard (1...longest).contains(name.utf8.count) else { return nil }
        let name = letters(name)
        let limit = name.count < 2 ? 0 : max(1, name.count / 3)
        return names.lazy.filter { $0.utf8.count <= longest }.map { ($0, distance(name, letters($0))) }
            .filter { $0.1 <= limit }.min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
    }

    private static let longest = 64

    private static func letters(_ name: String) -> [Character] { Array(name.lowercased()) }

    /// `; did you mean 'x'?`, or nothing.
    public static func hint(for name: String, among names: some Sequence<String>) -> String {
        of(name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// Insertions, deletions, substitutions and swaps of neighbors (optimal string alignment).
    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var rows = [Array(0...b.count)]
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
