import IlkVectors

/// A search for live nodes that no path on level 0 reaches from the entry point, and links to them, in steps between which
/// the index may change.
///
/// A node that loses its last path while the others are looked at is found the next time.
struct StrayAudit: Sendable {
    private enum Mark: UInt8 { case none, linked, reached }

    private let index: VectorIndex
    private var marks: [Mark] = []
    /// Reached nodes whose links were not followed yet.
    private var stack: [UInt32] = []
    private var strays: [UInt32]?
    /// Strays that were looked at.
    private var next = 0
    private var rounds = 0
    /// Strays of the last round: 0 when it is over, but for pathological data.
    private(set) var left = 0

    private static let mostRounds = 8
    /// Nodes that are followed at once: some 5 ms where they are not in a cache.
    private static let followedAtOnce = 20_000
    /// A stray takes a search as wide as an insert's, half a millisecond.
    private static let connectedAtOnce = 20

    init(_ index: VectorIndex) {
        self.index = index
        begin()
    }

    private mutating func begin() {
        marks = (0..<UInt32(index.states.end)).map { index.states[$0] == .linked ? .linked : .none }
        stack = []
        strays = nil
        next = 0
        rounds += 1
        if let entry = index.graph.entry { reach(entry.node) }
    }

    /// Does a little more; false when there is nothing left to do.
    mutating func step() -> Bool {
        if !stack.isEmpty {
            follow(atMost: Self.followedAtOnce)
            return true
        }
        if strays == nil {
            strays = marks.indices.filter { marks[$0] == .linked }.map { UInt32($0) }
            left = strays?.count ?? 0
        }
        guard let strays, !strays.isEmpty else { return false }
        for stray in strays[next...].prefix(Self.connectedAtOnce) {
            next += 1
            // What hangs on a connected stray is reached too; a link that was given up shows in the next round.
            guard marks[Int(stray)] == .linked, index.states[stray] == .linked, index.connect(stray) else { continue }
            reach(stray)
            follow(atMost: .max)
        }
        guard next == strays.count else { return true }
        guard rounds < Self.mostRounds else { return false }
        begin()
        return true
    }

    /// Strays as they are, found at once.
    static func strays(of index: VectorIndex) -> [UInt32] {
        var audit = StrayAudit(index)
        audit.follow(atMost: .max)
        return audit.marks.indices.filter { audit.marks[$0] == .linked }.map { UInt32($0) }
    }

    private mutating func reach(_ node: UInt32) {
        // Nodes that came since are not looked for.
        guard Int(node) < marks.count, marks[Int(node)] != .reached else { return }
        marks[Int(node)] = .reached
        stack.append(node)
    }

    private mutating func follow(atMost limit: Int) {
        var left = limit
        while left > 0, let node = stack.popLast() {
            left -= 1
            let list = index.graph.list(node, level: 0)
            for place in 0..<list.count { reach(list[place]) }
        }
    }
}
