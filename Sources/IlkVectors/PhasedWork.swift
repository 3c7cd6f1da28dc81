import Synchronization

/// Work in phases, each of independent tasks: a phase begins when all tasks of the one before are done.
package enum PhasedWork {
    /// Calls `work` with phase, task and member for each of `counts[phase]` tasks of every phase, in order.
    ///
    /// Up to `threads` members claim tasks, the caller as member 0; each member's number is below `threads`. One thread
    /// touches neither atomics nor the team.
    package static func run(threads: Int, counts: [Int], _ work: @Sendable (Int, Int, Int) -> Void) {
        guard threads > 1, counts.contains(where: { $0 > 1 }) else {
            for (phase, count) in counts.enumerated() {
                for task in 0..<count { work(phase, task, 0) }
            }
            return
        }
        let progress = Progress(phases: counts.count)
        WorkerTeam.ofCaller.run(threads: threads) { member in
            for (phase, count) in counts.enumerated() where count > 0 {
                var done = 0
                while true {
                    let task = progress.claim(phase)
                    guard task < count else { break }
                    work(phase, task, member)
                    done += 1
                }
                progress.finish(phase, done, of: count)
            }
        }
    }

    /// One value for each place below `count`, in order, made a block of places at a time.
    ///
    /// A block has scratch of its own; it should be large enough that making that and claiming it cost little beside it.
    package static func map<Scratch, Value: Sendable>(
        threads: Int, count: Int, block: Int, scratch: @Sendable () -> Scratch,
        _ value: @Sendable (Int, inout Scratch) -> Value
    ) -> [Value] {
        let blocks = (count + block - 1) / block
        let found = Mutex<[Int: [Value]]>([:])
        run(threads: threads, counts: [blocks]) { _, number, _ in
            var scratch = scratch()
            let values = (number * block..<min((number + 1) * block, count)).map { value($0, &scratch) }
            found.withLock { $0[number] = values }
        }
        let byBlock = found.withLock { $0 }
        return (0..<blocks).flatMap { byBlock[$0] ?? [] }
    }

    /// How many tasks of each phase are claimed and done.
    @safe private final class Progress: Sendable {
        // SAFETY: made in init, freed in deinit, atomic between.
        private nonisolated(unsafe) let claimed: UnsafeMutablePointer<Atomic<Int>>
        private nonisolated(unsafe) let done: UnsafeMutablePointer<Atomic<Int>>
        private let phases: Int

        init(phases: Int) {
            self.phases = phases
            unsafe claimed = .allocate(capacity: phases)
            unsafe done = .allocate(capacity: phases)
            for phase in 0..<phases {
                unsafe (claimed + phase).initialize(to: Atomic(0))
                unsafe (done + phase).initialize(to: Atomic(0))
            }
        }

        deinit {
            unsafe claimed.deinitialize(count: phases)
            unsafe claimed.deallocate()
            unsafe done.deinitialize(count: phases)
            unsafe done.deallocate()
        }

        func claim(_ phase: Int) -> Int {
            unsafe claimed[phase].wrappingAdd(1, ordering: .relaxed).oldValue
        }

        /// Says that so many tasks are done and waits for the others'.
        func finish(_ phase: Int, _ count: Int, of total: Int) {
            if count > 0 { unsafe done[phase].wrappingAdd(count, ordering: .acquiringAndReleasing) }
            var looks = 0
            while unsafe done[phase].load(ordering: .acquiring) < total { Wait.moment(&looks) }
        }
    }
}
