import Foundation
import IlkCollection
import IlkProtocol
import Synchronization
import Testing

@Suite struct `Closing a collection` {
    @Test(arguments: 0..<30)
    func `while others read, write and wait for vectors answers all of them`(round: Int) throws {
        let bench = try Workbench()
        let shop = try bench.create(.shop)
        let isOver = Atomic(false)
        let readers = DispatchGroup()
        for _ in 0..<3 {
            Thread.detach(in: readers) {
                while !isOver.load(ordering: .relaxed) { _ = try? shop.payload("p1") }
            }
        }
        let answers = DispatchGroup()
        for write in 0..<20 {
            let points = try (0..<20).map { n in
                try UpsertPoint(.string("p\(n)"), text: #"{"title":"panda \#(write) \#(n)"}"#)
            }
            answers.enter()
            shop.upsert(points, wait: .searchable) { _ in answers.leave() }
        }
        Thread.sleep(forTimeInterval: Double(round) * 0.000_5)
        shop.close()
        isOver.store(true, ordering: .relaxed)
        #expect(readers.wait(timeout: .now() + 30) == .success)
        #expect(answers.wait(timeout: .now() + 30) == .success)
        #expect(throws: IlkError.self) { try shop.payload("p1") }

        let again = bench.open()
        try again.waitUntilEmbedded()
        let found = try again.search(text: "panda", mode: .dense, k: 30).hits.count
        #expect(try again.count(nil) == found)
        again.close()
    }
}

extension Thread {
    fileprivate static func detach(in group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
        group.enter()
        detachNewThread {
            body()
            group.leave()
        }
    }
}
