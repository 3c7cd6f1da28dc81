import Foundation
import IlkEmbedding
import IlkService
import IlkTestSupport
import Testing

@Suite struct `A cache of vectors` {
    private func rows(_ range: Range<Int>, dimension: Int = 8) -> [(key: VectorKey, value: CachedVector)] {
        let vectors = RandomVectors.uniform(range.count, dimension: dimension, seed: UInt64(range.lowerBound) + 1)
        return zip(range, vectors).map { number, vector in
            (
                key: VectorKey(high: UInt64(number) &* 0x9E37_79B9_7F4A_7C15, low: UInt64(number)),
                value: CachedVector(vector: vector, tokens: number, truncated: number % 2 == 0)
            )
        }
    }

    @Test func `gives back what it was given, in another life too`() throws {
        let folder = try TemporaryFolder()
        let rows = rows(0..<500)
        let cache = EmbeddingCache(path: folder.file("vectors.sqlite"), byteLimit: 1 << 24)
        #expect(cache.vectors(rows.map(\.key)).allSatisfy { $0 == nil })
        cache.insert(rows)
        cache.flush()
        #expect(cache.vectors(rows.map(\.key)) == rows.map(\.value))
        #expect(cache.figures.rows == 500 && cache.figures.bytes > 0)
        cache.close()
        let next = EmbeddingCache(path: folder.file("vectors.sqlite"), byteLimit: 1 << 24)
        defer { next.close() }
        #expect(next.vectors(rows.map(\.key).reversed()) == rows.map(\.value).reversed())
        #expect(next.vectors([VectorKey(high: rows[3].key.high, low: 99)]) == [nil])
        #expect(next.figures.renewals == 0)
    }

    @Test func `has after a kill what was written before it`() throws {
        let folder = try TemporaryFolder()
        let cache = EmbeddingCache(path: folder.file("a"), byteLimit: 1 << 24)
        defer { cache.close() }
        let rows = rows(0..<50)
        cache.insert(rows)
        cache.flush()
        // What a killed process leaves: the files as they are, the WAL not folded in.
        for ending in ["", "-wal"] where FileManager.default.fileExists(atPath: folder.file("a\(ending)")) {
            try FileManager.default.copyItem(atPath: folder.file("a\(ending)"), toPath: folder.file("b\(ending)"))
        }
        let next = EmbeddingCache(path: folder.file("b"), byteLimit: 1 << 24)
        defer { next.close() }
        #expect(next.vectors(rows.map(\.key)) == rows.map(\.value))
    }

    @Test func `stays within its bytes, and what was used longest ago goes`() throws {
        let folder = try TemporaryFolder()
        let limit = 1 << 20
        let cache = EmbeddingCache(path: folder.file("a"), byteLimit: limit)
        defer { cache.close() }
        var all: [VectorKey] = []
        for part in 0..<8 {
            let rows = rows(part * 400..<(part + 1) * 400, dimension: 128)
            cache.insert(rows)
            cache.flush()
            all += rows.map(\.key)
            #expect(cache.figures.bytes <= limit + 65_536)
        }
        let found = cache.vectors(all).map { $0 != nil }
        #expect(found.suffix(400).filter { $0 }.count > 300)
        #expect(found.filter { $0 }.count < 2_400)
    }

    @Test(arguments: [0, 1, 100, 5_000])
    func `begins anew where its file is cut or is none`(kept: Int) throws {
        let folder = try TemporaryFolder()
        let rows = rows(0..<200)
        let path = folder.file("a")
        do {
            let cache = EmbeddingCache(path: path, byteLimit: 1 << 24)
            cache.insert(rows)
            cache.close()
        }
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.prefix(kept).write(to: URL(fileURLWithPath: path))
        if kept == 1 {
            try Data("this is no database, whoever wrote it here".utf8).write(to: URL(fileURLWithPath: path))
        }
        let cache = EmbeddingCache(path: path, byteLimit: 1 << 24)
        defer { cache.close() }
        #expect(cache.vectors(rows.map(\.key)).allSatisfy { $0 == nil })
        cache.insert(rows)
        cache.flush()
        #expect(cache.vectors(rows.map(\.key)) == rows.map(\.value))
    }

    @Test func `never gives a wrong vector where bits of its file have flipped`() throws {
        let folder = try TemporaryFolder()
        let rows = rows(0..<300, dimension: 32)
        let path = folder.file("a")
        do {
            let cache = EmbeddingCache(path: path, byteLimit: 1 << 24)
            cache.insert(rows)
            cache.close()
        }
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for start in stride(from: 0, to: whole.count, by: whole.count / 24) {
            var bytes = whole
            for place in stride(from: start, to: min(start + 600, whole.count), by: 97) { bytes[place] ^= 0x10 }
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
            try bytes.write(to: URL(fileURLWithPath: path))
            let cache = EmbeddingCache(path: path, byteLimit: 1 << 24)
            for (row, found) in zip(rows, cache.vectors(rows.map(\.key))) where found != nil {
                #expect(found?.vector == row.value.vector)
            }
            cache.insert(rows)
            cache.flush()
            for (row, found) in zip(rows, cache.vectors(rows.map(\.key))) where found != nil {
                #expect(found?.vector == row.value.vector)
            }
            cache.close()
        }
    }

    @Test func `keeps nothing where it may not write, and complains to nobody`() {
        let cache = EmbeddingCache(path: "/no/such/folder/vectors.sqlite", byteLimit: 1 << 20)
        cache.insert(rows(0..<3))
        cache.flush()
        #expect(cache.vectors(rows(0..<3).map(\.key)).allSatisfy { $0 == nil })
        cache.close()
        cache.close()
    }
}
