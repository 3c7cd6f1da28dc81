import IlkEmbedding
import IlkProtocol
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `Weight files` {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    static let model = TinyBERT(
        EncoderConfiguration(hidden: 32, layers: 1, heads: 2, feedForward: 32, vocabulary: 8, positions: 6), seed: 1)

    private func refused(_ bytes: [UInt8], _ finding: String, at location: SourceLocation = #_sourceLocation) {
        let path = folder.write(bytes, "model.safetensors")
        let error = #expect(throws: IlkError.self, sourceLocation: location) { try SafetensorsFile(path: path) }
        #expect(error?.message.contains(finding) == true, "\(error?.message ?? "")", sourceLocation: location)
        #expect(error?.message.contains(path) == true, sourceLocation: location)
    }

    @Test func `safetensors give names, shapes, types and values`() throws {
        let path = folder.write(WeightFiles.safetensors(Self.model), "model.safetensors")
        let file = try SafetensorsFile(path: path)
        #expect(file.names == Self.model.tensors.map(\.name))
        #expect(file.metadata == ["format": "pt"])
        for tensor in Self.model.tensors {
            let read = try #require(file[tensor.name])
            #expect(read.shape == tensor.shape && read.elementType == .f32)
            #expect(try read.floats() == tensor.values)
        }
        #expect(file["pooler.dense.weight"] == nil)
    }

    @Test func `a tensor of integers is listed, and refused only where it is computed with`() throws {
        let header = #"{"ids":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#
        let path = folder.write(
            WeightFiles.safetensors(header: header, data: Array(repeating: 0, count: 8)), "model.safetensors")
        let tensor = try #require(try SafetensorsFile(path: path)["ids"])
        #expect(tensor.elementType == .other)
        #expect(throws: IlkError.self) { try tensor.floats() }
    }

    @Test func `safetensors that are not whole say what is wrong`() {
        let whole = WeightFiles.safetensors(Self.model)
        refused([], "only 0 bytes")
        refused(Array(whole.prefix(7)), "only 7 bytes")
        refused(Array(whole.prefix(100)), "its header would have")
        refused(Array(whole.dropLast()), "ends at byte")
        refused(WeightFiles.bytes(.max, 8) + whole.dropFirst(8), "its header would have")
        refused(WeightFiles.safetensors(header: "[]", data: []), "not a JSON object")
        refused(WeightFiles.safetensors(header: #"{"a":"#, data: []), "not JSON")
        func entry(_ shape: String, _ offsets: String, type: String = "F32") -> String {
            "{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
        }
        func file(_ entries: String...) -> [UInt8] {
            let members = entries.enumerated().map { "\"t\($0)\":\($1)" }
            return WeightFiles.safetensors(
                header: "{" + members.joined(separator: ",") + "}", data: Array(repeating: 0, count: 64))
        }
        refused(file("{}"), "has no dtype")
        refused(file(entry("[2]", "[0,12]")), "should have 8 bytes")
        refused(file(entry("[2]", "[8,0]")), "ends at byte")
        refused(file(entry("[2]", "[-8,0]")), "ends at byte")
        refused(file(entry("[-2]", "[0,8]")), "whole numbers")
        refused(file(entry("[4294967296,4294967296]", "[0,8]")), "larger than any file")
        refused(file(entry("[2]", "[60,68]")), "ends at byte")
        refused(file(entry("[2]", "[0,8]"), entry("[2]", "[4,12]")), "overlap")
        refused(file(entry("[3]", "[0,6]", type: "BF16"), entry("[2]", "[0,8]")), "overlap")
    }

    @Test func `no truncated or flipped safetensors file traps or gives values that are not there`() {
        let whole = WeightFiles.safetensors(Self.model)
        var random = SplitMix64(seed: 9)
        for round in 0..<400 {
            var bytes = whole
            if round % 2 == 0 {
                bytes.removeLast(Int.random(in: 1...whole.count, using: &random))
            } else {
                // The header, where a flip can do harm: in the data it is another value.
                bytes[Int.random(in: 0..<2_000, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            let path = folder.write(bytes, "model.safetensors")
            guard let file = try? SafetensorsFile(path: path) else { continue }
            #expect(round % 2 == 1, "a truncated file was read")
            for name in file.names {
                if let values = try? file[name]?.floats() { #expect(values.count == file[name]?.elementCount) }
            }
        }
    }

    @Test func `an E5S1 file gives its header and tensors`() throws {
        var model = Self.model
        let path = folder.write(WeightFiles.e5s1(&model), "model.bin")
        let file = try E5S1File(path: path)
        #expect(file.header.hidden == 32 && file.header.pieces == 4 && file.header.vocabulary == 8)
        #expect(file.names.count == model.tensors.count)
        #expect(try file["emb.word"]?.floats() == model["embeddings.word_embeddings.weight"])
        #expect(file["emb.word"]?.elementType == .q4)
        #expect(try file["l0.fi.b"]?.floats() == model["encoder.layer.0.intermediate.dense.bias"])
    }

    @Test func `no truncated or flipped E5S1 file traps`() throws {
        var model = Self.model
        let whole = WeightFiles.e5s1(&model)
        var random = SplitMix64(seed: 10)
        for round in 0..<600 {
            var bytes = whole
            if round % 2 == 0 {
                bytes.removeLast(Int.random(in: 1...whole.count, using: &random))
            } else {
                let place = Int.random(in: 0..<1_100, using: &random)
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            let path = folder.write(bytes, "model.bin")
            guard let file = try? E5S1File(path: path) else { continue }
            #expect(round % 2 == 1, "a truncated file was read")
            for name in file.names { _ = try? file[name]?.floats() }
            if let encoder = try? BERTEncoder(EncoderConfiguration(file.header), weights: file) {
                var batch = TokenBatch()
                batch.append([1, 2, 3])
                #expect(encoder.encode(batch, threads: 1).count == encoder.dimension)
            }
        }
        let missing = #expect(throws: IlkError.self) { try E5S1File(path: folder.file("none")) }
        #expect(missing?.code == .notFound)
    }
}
