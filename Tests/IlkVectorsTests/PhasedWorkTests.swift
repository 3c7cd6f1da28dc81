import IlkVectors
import Synchronization
import Testing

@Suite struct `Work in phases` {
    /// How often each task ran, and whether a task ran before the phase before it was done.
    private final class Record: Sendable {
        let runs: Mutex<[[Int]]>
        let early = Atomic<Int>(0)
        init(_ counts: [Int]) { runs = Mutex(counts.map { Array(repeating: 0, count: $0) }) }

        func run(_ phase: Int, _ task: Int) {
            runs.withLock { runs in
                if phase > 0, runs[phase - 1].contains(0) { early.add(1, ordering: .relaxed) }
                runs[phase][task] += 1
            }
        }
    }

    @Test(arguments: [1, 2, 3, 8])
    func `values come in order, and each block has scratch of its own`(threads: Int) {
        for count in [0, 1, 4, 5, 103] {
            let values = PhasedWork.map(threads: threads, count: count, block: 5, scratch: { 0 }) { place, before in
                defer { before += 1 }
                return place * 10 + before
            }
            #expect(values == (0..<count).map { $0 * 10 + $0 % 5 })
        }
    }

    @Test(arguments: [1, 2, 3, 8])
    func `every task runs once, and after the phase before`(threads: Int) {
        for counts in [[], [1], [0, 5, 0], [3, 1, 17, 2], Array(repeating: 4, count: 40)] {
            for _ in 0..<20 {
                let record = Record(counts)
                PhasedWork.run(threads: threads, counts: counts) { phase, task, member in
                    #expect(member >= 0 && member < threads)
                    record.run(phase, task)
                }
                #expect(record.runs.withLock { $0 } == counts.map { Array(repeating: 1, count: $0) })
                #expect(record.early.load(ordering: .relaxed) == 0)
            }
        }
    }

    @Test func `several callers share the helpers`() {
        let counts = [6, 2, 9]
        Workers.run(4) { _ in
            for _ in 0..<200 {
                let record = Record(counts)
                PhasedWork.run(threads: 3, counts: counts) { phase, task, _ in record.run(phase, task) }
                #expect(record.runs.withLock { $0 } == counts.map { Array(repeating: 1, count: $0) })
                #expect(record.early.load(ordering: .relaxed) == 0)
            }
        }
    }

    @Test func `work may be handed out from within work`() {
        let inner = Atomic<Int>(0)
        PhasedWork.run(threads: 2, counts: [4]) { _, _, _ in
            PhasedWork.run(threads: 2, counts: [3, 3]) { _, _, _ in inner.add(1, ordering: .relaxed) }
        }
        #expect(inner.load(ordering: .relaxed) == 24)
    }
}
