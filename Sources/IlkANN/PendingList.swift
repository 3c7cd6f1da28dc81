/// Nodes that wait to be linked, oldest first.
///
/// A search takes a copy beside the entry point, both under one lock: what is not in the copy is in the graph.
struct PendingList: Sendable {
    private var all: [UInt32] = []
    /// Those before this were taken; the array is shortened now and then, so that taking costs O(1) a node.
    private var first = 0

    var nodes: ArraySlice<UInt32> { all[first...] }
    var isEmpty: Bool { first == all.count }
    var count: Int { all.count - first }

    /// The nodes in memory of their own: a shared array would be copied by the next append, of whatever length it is.
    func copy() -> [UInt32] { isEmpty ? [] : nodes.map { $0 } }

    init() {}

    init(_ nodes: [UInt32]) { all = nodes }

    mutating func append(_ node: UInt32) { all.append(node) }

    mutating func removeFirst(_ count: Int) {
        first += count
        if first > all.count / 2 {
            all.removeFirst(first)
            first = 0
        }
    }

    mutating func removeAll(where isUnwanted: (UInt32) -> Bool) {
        self = PendingList(nodes.filter { !isUnwanted($0) })
    }
}
