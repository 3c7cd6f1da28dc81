import Foundation
import IlkTestSupport
import IlkVectors
import Synchronization
import Testing

@Suite struct `Durable file` {
    private func write(_ text: String, to path: String, commits: Bool = true) throws {
        var file = try DurableFile(path: path)
        try unsafe Array(text.utf8).withUnsafeBytes { try unsafe file.write($0) }
        if commits { try file.commit() }
    }

    @Test func `appears under its name when it is committed`() throws {
        let folder = try TemporaryFolder()
        try write("first", to: folder.file("a"))
        try write("second", to: folder.file("a"))
        #expect(try String(contentsOfFile: folder.file("a"), encoding: .utf8) == "second")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
    }

    @Test func `that is given up leaves the old one and no trace`() throws {
        let folder = try TemporaryFolder()
        try write("old", to: folder.file("a"))
        try write("new", to: folder.file("a"), commits: false)
        #expect(try String(contentsOfFile: folder.file("a"), encoding: .utf8) == "old")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
    }

    @Test func `is readable by its owner only`() throws {
        let folder = try TemporaryFolder()
        try write("secret", to: folder.file("a"))
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("a"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `names the path and the reason when it cannot be made`() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: FileError.self) { try write("x", to: folder.file("no/such/folder")) }
        #expect(error?.description.contains("no/such/folder.new: No such file or directory") == true)
    }
}

@Suite struct `Mapped file` {
    @Test(arguments: [0, 1, 4_095, 4_096, 100_000])
    func `lends the bytes of a file of any size`(count: Int) throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("a")))
        let file = try MappedFile(path: folder.file("a"))
        #expect(file.count == count)
        #expect(unsafe file.withBytes { unsafe Array($0) } == bytes)
    }

    @Test func `that is not there is an error with its path`() {
        let error = #expect(throws: FileError.self) { _ = try MappedFile(path: "/no/such/file").count }
        #expect(error?.description == "could not open /no/such/file: No such file or directory")
    }
}

@Suite struct `Checksum of bytes` {
    @Test func `is XXH3 as published`() {
        #expect(unsafe Checksum.xxh3(UnsafeRawBufferPointer(start: nil, count: 0)) == 0x2D06_8005_38D3_94C2)
    }

    @Test(arguments: [0, 1, 240, 241, 100_000])
    func `is the same at once and piece by piece`(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let padded = bytes + [0, 0, 0]
        unsafe bytes.withUnsafeBytes { bytes in
            var running = RunningChecksum()
            for first in stride(from: 0, to: count, by: 999) {
                unsafe running.update(UnsafeRawBufferPointer(rebasing: bytes[first..<min(first + 999, count)]))
            }
            #expect(unsafe running.value == Checksum.xxh3(bytes))
            #expect(
                unsafe Checksum.xxh3(bytes, followedByZeros: 3) == padded.withUnsafeBytes { unsafe Checksum.xxh3($0) })
        }
    }
}

@Suite struct `Address space` {
    @Test func `is zero, writable to its end, and zero again after it was given back`() throws {
        let space = try #require(AddressSpace(byteCount: 5_000_000))
        #expect(space.byteCount >= 5_000_000)
        for place in [0, 4_999_999, space.byteCount - 1] {
            #expect(unsafe space.base.load(fromByteOffset: place, as: UInt8.self) == 0)
            unsafe space.base.storeBytes(of: 7, toByteOffset: place, as: UInt8.self)
        }
        space.discard()
        #expect(unsafe space.base.load(as: UInt8.self) == 0)
    }

    @Test func `that no machine has is refused`() { #expect(AddressSpace(byteCount: 1 << 60) == nil) }

    @Test func `takes no memory for what is not touched`() throws {
        let spaces = try (0..<8).map { _ in try #require(AddressSpace(byteCount: 1 << 36)) }
        for space in spaces { unsafe space.base.storeBytes(of: 1, as: UInt8.self) }
        #expect(spaces.count == 8)
    }
}

@Suite struct `Worker threads` {
    @Test(arguments: [0, 1, 2, 5])
    func `run every number once`(count: Int) {
        let seen = Mutex<[Int]>([])
        Workers.run(count) { number in seen.withLock { $0.append(number) } }
        #expect(seen.withLock { $0.sorted() } == Array(0..<max(count, 1)))
    }
}
