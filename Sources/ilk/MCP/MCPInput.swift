import Foundation
import Glibc
import IlkProtocol

/// Lines of standard input.
enum MCPInput {
    enum Line: Sendable {
        case line([UInt8])
        /// One over the limit, which was skipped.
        case oversized
    }

    /// The longest line that is read: as long as the daemon's own.
    static let limit = 16 << 20

    /// The lines as they come; ends where standard input ends.
    static func lines() -> AsyncStream<Line> {
        AsyncStream { continuation in
            // A thread of its own, since reading blocks.
            Thread.detachNewThread {
                var framer = LineFramer(limit: limit)
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                while true {
                    // SAFETY: the buffer lives as long as the call, which writes no more than its size.
                    let count = unsafe buffer.withUnsafeMutableBytes {
                        unsafe Glibc.read(STDIN_FILENO, $0.baseAddress, $0.count)
                    }
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { break }
                    unsafe buffer.withUnsafeBytes { bytes in
                        unsafe framer.feed(UnsafeRawBufferPointer(rebasing: bytes[..<count])) { event in
                            switch event {
                            case .line(let line): unsafe continuation.yield(.line([UInt8](line)))
                            case .oversized: continuation.yield(.oversized)
                            }
                        }
                    }
                }
                continuation.finish()
            }
        }
    }
}
