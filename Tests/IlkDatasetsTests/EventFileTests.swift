import IlkDatasets
import Testing

@Suite struct `Event files` {
    @Test func `a table's columns are found by name, others are passed over`() throws {
        let scratch = try Scratch()
        let path = try scratch.write(
            "ratings.csv",
            "userId,movieId,rating,timestamp,,\n7,31,2.5,1260759144,,\nb,31,3,1260759179,,\n7,x y,4,9,,\n")
        let file = try EventFile(path)
        #expect(file.users == ["7", "b"])
        #expect(file.items == ["31", "x y"])
        #expect(file.events.map(\.user) == [0, 1, 0])
        #expect(file.events.map(\.item) == [0, 0, 1])
        #expect(file.events.map(\.time) == [1_260_759_144, 1_260_759_179, 9])
        #expect(file.events.map(\.weight) == [2.5, 3, 4])
    }

    @Test func `objects a line mean the same, and a weight may be missing`() throws {
        let scratch = try Scratch()
        let path = try scratch.write(
            "events.ndjson",
            #"{"user":7,"item":"31","at":5.9,"type":"view"}"# + "\n\n"
                + #"{"timestamp":6,"item":31,"user":"7","weight":2}"#)
        let file = try EventFile(path)
        #expect(file.users == ["7"])
        #expect(file.items == ["31"])
        #expect(file.events.map(\.time) == [5, 6])
        #expect(file.events.map(\.weight) == [1, 2])
    }

    @Test func `lines that are no events are counted, and the first is explained`() throws {
        let scratch = try Scratch()
        let path = try scratch.write(
            "a.tsv",
            "user\titem\ttimestamp\tweight\na\tb\tlong ago\t1\na\t\t1\t1\na\tb\t1\tnan\na\tb\t1\t\na\tb\t1\t1\n")
        let file = try EventFile(path)
        #expect(file.events.count == 1)
        #expect(file.refused == 4)
        #expect(file.complaint == "line 2: its timestamp 'long ago' is no number of seconds")
    }

    @Test func `a table without a user, and a file without events, are refused`() throws {
        let scratch = try Scratch()
        let unnamed = try scratch.write("a.csv", "who,item,timestamp\n1,2,3\n")
        #expect(complaint { _ = try EventFile(unnamed) }.hasSuffix("names no column user or userId or user_id"))
        let empty = try scratch.write("b.csv", "user,item,timestamp\n")
        #expect(complaint { _ = try EventFile(empty) }.hasSuffix("it has no event"))
        let matrix = try scratch.write("c.npy", "x")
        #expect(complaint { _ = try EventFile(matrix) }.hasSuffix("events are read from .csv, .tsv and .ndjson"))
    }
}
