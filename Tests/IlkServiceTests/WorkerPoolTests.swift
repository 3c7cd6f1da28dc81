import Dispatch
import IlkService
import Synchronization
import Testing

@Suite struct `Worker pool` {
    @Test(.timeLimit(.minutes(1))) func `runs every task once, and ends when it is closed`() {
        let pool = WorkerPool(name: "test", threads: 3, limit: 10_000)
        let ran = Mutex<[Int: Int]>([:])
        let done = DispatchSemaphore(value: 0)
        for task in 0..<5_000 {
            let accepted = pool.submit {
                ran.withLock { $0[task, default: 0] += 1 }
                done.signal()
            }
            #expect(accepted)
        }
        for _ in 0..<5_000 { #expect(done.wait(timeout: .now() + 30) == .success) }
        #expect(ran.withLock { $0.count == 5_000 && $0.values.allSatisfy { $0 == 1 } })
        pool.close()
        #expect(!pool.submit {})
    }

    @Test(.timeLimit(.minutes(1))) func `refuses what is over its limit, but for exempt work`() {
        let pool = WorkerPool(name: "test", threads: 1, limit: 2)
        let gate = DispatchSemaphore(value: 0)
        let running = DispatchSemaphore(value: 0)
        let done = DispatchSemaphore(value: 0)
        _ = pool.submit {
            running.signal()
            gate.wait()
        }
        #expect(running.wait(timeout: .now() + 10) == .success)
        #expect(pool.submit { done.signal() })
        #expect(pool.submit { done.signal() })
        #expect(!pool.submit { done.signal() })
        #expect(pool.submit(isExempt: true) { done.signal() })
        #expect(pool.load == (3, 1))
        gate.signal()
        for _ in 0..<3 { #expect(done.wait(timeout: .now() + 10) == .success) }
        pool.close()
    }
}
