import Synchronization

/// Gathers the replies of a JSON-RPC batch into one array, in the order of the calls.
final class BatchReply: Sendable {
    private let replies: Mutex<(lines: [[UInt8]], missing: Int)>
    private let reply: @Sendable ([UInt8]) -> Void

    init(count: Int, reply: @escaping @Sendable ([UInt8]) -> Void) {
        replies = Mutex(([[UInt8]](repeating: [], count: count), count))
        self.reply = reply
    }

    /// Takes the reply of one call; the last one sends the array, or nothing where every call was a notification.
    func set(_ line: [UInt8], at place: Int) {
        let complete: [[UInt8]]? = replies.withLock { replies in
            replies.lines[place] = line
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
}
