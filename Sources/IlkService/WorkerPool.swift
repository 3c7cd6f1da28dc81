import Dispatch
import Foundation
import Synchronization

/// A fixed number of threads and a bounded queue in front of them.
///
/// Threads of our own rather than Swift's cooperative pool: this work blocks, on SQLite and on long scans.
package final class WorkerPool: Sendable {
    private struct Queue {
        var tasks: [@Sendable () -> Void] = []
        var head = 0
        var running = 0
        var isClosed = false

        var waiting: Int { tasks.count - head }

        mutating func next() -> (@Sendable () -> Void)? {
            guard head < tasks.count else { return nil }
            let task = tasks[head]
            tasks[head] = {}  // what it holds, a long line for instance, goes when it has run
            head += 1
            if head == tasks.count {
                tasks.removeAll(keepingCapacity: true)
                head = 0
            } else if head >= 1_024 {
                tasks.removeFirst(head)
                head = 0
            }
            running += 1
            return task
        }
    }

    package let threads: Int
    package let limit: Int
    private let queue = Mutex(Queue())
    private let wake = DispatchSemaphore(value: 0)

    /// Starts the threads; `limit` tasks may wait, and `submit` refuses one more.
    package init(name: String, threads: Int, limit: Int) {
        self.threads = threads
        self.limit = limit
        for _ in 0..<threads {
            let thread = Thread { [self] in run() }
            thread.name = name
            thread.start()
        }
    }

    /// Tasks that wait for a thread, and tasks that have one.
    package var load: (waiting: Int, running: Int) { queue.withLock { ($0.waiting, $0.running) } }

    /// Queues a task; false if the queue is full or closed.
    ///
    /// Exempt work, which is bounded elsewhere, passes over the limit.
    package func submit(isExempt: Bool = false, _ task: @escaping @Sendable () -> Void) -> Bool {
        let accepted = queue.withLock { queue in
            guard !queue.isClosed, isExempt || queue.waiting < limit else { return false }
            queue.tasks.append(task)
            return true
        }
        if accepted { wake.signal() }
        return accepted
    }

    /// Takes no more work and ends the threads once the queue is empty.
    package func close() {
        queue.withLock { $0.isClosed = true }
        for _ in 0..<threads { wake.signal() }
    }

    private func run() {
        while true {
            wake.wait()
            let (task, isClosed) = queue.withLock { ($0.next(), $0.isClosed) }
            if let task {
                task()
                queue.withLock { $0.running -= 1 }
            } else if isClosed {
                return
            }
        }
    }
}
