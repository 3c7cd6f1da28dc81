import IlkProtocol
import Synchronization

/// Gathers the replies of a JSON-RPC batch into one array, in the order of the calls.
final class BatchReply: Sendable {
    private let replies: Mutex<(lines: [[UInt8]], missing: Int, bytes: Int)>
    private let ids: [RequestID]
    private let limit: Int
    private let reply: @Sendable ([UInt8]) -> Void

    /// Replies above this many bytes give way to an error where all together would be over the limit: no write's does.
    private static let smallReply = 4_096

    /// A batch of calls with these ids, whose replies may have `limit` bytes together.
    init(ids: [RequestID], limit: Int, reply: @escaping @Sendable ([UInt8]) -> Void) {
        replies = Mutex(([[UInt8]](repeating: [], count: ids.count), ids.count, 0))
        self.ids = ids
        self.limit = limit
        self.reply = reply
    }

    /// Takes the reply of one call; the last one sends the array, or nothing where every call was a notification.
    func set(_ line: [UInt8], at place: Int) {
        let complete: [[UInt8]]? = replies.withLock { replies in
            let isTooMuch = line.count > Self.smallReply && replies.bytes + line.count > limit
            replies.lines[place] = isTooMuch ? refusal(place) : line
            replies.bytes += replies.lines[place].count
            replies.missing -= 1
            return replies.missing == 0 ? replies.lines : nil
        }
        guard let complete else { return }
        let lines = complete.filter { !$0.isEmpty }
        guard !lines.isEmpty else { return reply([]) }
        var all: [UInt8] = []
        all.reserveCapacity(lines.reduce(2) { $0 + $1.count + 1 })
        for line in lines {
            all.append(all.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
            all += line
        }
        all.append(UInt8(ascii: "]"))
        reply(all)
    }

    private func refusal(_ place: Int) -> [UInt8] {
        Reply.error(
            id: ids[place],
            IlkError(
                .tooLarge, "the replies of the batch would be over \(limit >> 20) MiB together; send this call alone"))
    }
}
