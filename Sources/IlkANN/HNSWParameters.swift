import Glibc

/// Build-time parameters of an HNSW graph, named as in Malkov & Yashunin (2018).
package struct HNSWParameters: Sendable, Equatable {
    /// Links a new node makes, and keeps on each level above 0: `M` in the paper.
    package var m: Int
    /// Width of the candidate list while inserting: `efConstruction` in the paper.
    package var efConstruction: Int
    /// Decides, with a node's ordinal, the node's level.
    package var seed: UInt64

    package init(m: Int = 16, efConstruction: Int = 200, seed: UInt64 = 42) {
        self.m = m
        self.efConstruction = efConstruction
        self.seed = seed
    }

    /// Links a node keeps on level 0: `Mmax0`, for which the paper advises `2·M`.
    package var m0: Int { 2 * m }

    /// No node is higher: with `m` 2 one in 65,536 would be.
    static let maximumLevel = 15

    /// Checks the ranges once, when an index is created or opened.
    package func validate() throws(IndexError) {
        guard (2...128).contains(m) else { throw .parameter("m", found: m, allowed: 2...128) }
        guard (m...4_096).contains(efConstruction) else {
            throw .parameter("ef_construction", found: efConstruction, allowed: m...4_096)
        }
    }
}

/// Why an index refused an operation; every message says what to do next.
package enum IndexError: Error, Equatable, Sendable {
    case parameter(String, found: Int, allowed: ClosedRange<Int>)
    case noAddressSpace(bytes: Int)
}

extension IndexError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .parameter(let name, let found, let allowed):
            "\(name) is \(found); choose a value in \(allowed)"
        case .noAddressSpace(let bytes):
            "the system refused \(bytes >> 30) GiB of address space; raise the limit (ulimit -v unlimited)"
        }
    }
}
