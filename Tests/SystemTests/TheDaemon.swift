import Testing

/// Everything that starts a daemon, one test at a time: the machine has few cores, and timeouts must not fail for that.
@Suite(.serialized, .timeLimit(.minutes(3))) struct `The daemon` {}

/// The collection that most tests use.
let plane = #"{"name":"things","vectors":{"v":{"dimension":2,"metric":"l2"}},"fields":{"n":"int"}}"#

extension Wire {
    /// Makes `things` with points 0 ..< count on a line, and waits until they are acknowledged.
    func fill(_ count: Int) throws {
        try result("collection.create", plane)
        for first in stride(from: 0, to: count, by: 1_000) {
            let points = (first..<min(count, first + 1_000)).map {
                #"{"id":\#($0),"vector":[\#($0),0],"payload":{"n":\#($0)}}"#
            }
            try result("points.upsert", #"{"collection":"things","points":[\#(points.joined(separator: ","))]}"#)
        }
    }
}
