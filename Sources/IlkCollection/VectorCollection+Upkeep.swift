import Foundation
import IlkANN
package import IlkProtocol

extension VectorCollection {
    /// Writes checkpoints of every graph now, while writes and searches go on.
    package func checkpoint() throws(IlkError) { try writer().checkpoint() }

    /// Builds every graph anew from the stored vectors; searches are exact meanwhile, and writes go on.
    ///
    /// Where `progress` returns false it stops; the collection stays exact until this is called again, which goes on.
    ///
    /// - Throws: `cancelled`, or `unavailable` where the collection has no writer.
    package func rebuild(progress: @escaping @Sendable (Progress) -> Bool) throws(IlkError) {
        let writer = try writer()
        let content = writer.content
        if state == .ready {
            setState(.degraded(reason: "the graph is being rebuilt; searches are exact until then"))
            try writer.perform { state in
                for index in content.indexes { index.dropGraph() }
                state.isDegraded = true
            }
        }
        writer.setLinkingPaused(false)
        let total = content.indexes.reduce(0) { $0 + $1.count }
        while content.pendingCount > 0 || state != .ready {
            guard (try? self.writer()) === writer else {
                throw IlkError(.cancelled, "collection '\(name)' was dropped or replaced; there is nothing to rebuild")
            }
            guard progress(Progress(phase: "link", done: max(0, total - content.pendingCount), total: total)) else {
                writer.setLinkingPaused(true)
                setState(
                    .degraded(
                        reason: "the rebuild was cancelled and searches are exact; collection.rebuild goes on with it"))
                throw IlkError(.cancelled, "the rebuild was cancelled; collection.rebuild goes on with it")
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
        _ = progress(Progress(phase: "checkpoint", done: total, total: total))
        try checkpoint()
    }
}
