import IlkProtocol
import Testing

@Suite struct `Requests with texts` {
    private func refusal(_ method: String, _ parameters: String) throws -> String {
        switch try call(#"{"id":1,"method":"\#(method)","params":\#(parameters)}"#).command {
        case .success(let command):
            Issue.record("accepted: \(command)")
            return ""
        case .failure(let error): return error.message
        }
    }

    private func command(_ method: String, _ parameters: String) throws -> Command {
        try call(#"{"id":1,"method":"\#(method)","params":\#(parameters)}"#).command.get()
    }

    private func call(_ line: String) throws -> Call {
        let line = Array(line.utf8)
        let parsed = unsafe line.withUnsafeBytes { unsafe RequestParser().parse(line: $0) }
        guard case .single(let call) = parsed else { throw IlkError(.internal, "a batch") }
        return call
    }

    @Test func `embed takes texts and says how`() throws {
        let request = try command("embed", #"{"texts":["a"],"kind":"passage","truncate":"end","encoding":"base64"}"#)
        #expect(
            request
                == .embed(EmbedRequest(texts: ["a"], kind: .passage, truncate: .end, encoding: .base64)))
        #expect(try refusal("embed", #"{"texts":[]}"#) == "embed.texts is empty; send at least one")
        #expect(try refusal("embed", #"{"texts":["a",7]}"#) == "embed.texts[1] is an integer; expected a string")
        #expect(
            try refusal("embed", #"{"texts":["a"],"kind":"qury"}"#)
                == "embed.kind is 'qury'; choose query or passage; did you mean 'query'?")
    }

    @Test func `too many texts, and too long ones, are refused with what is allowed`() throws {
        let many = Array(repeating: #""a""#, count: 10_000).joined(separator: ",")
        #expect(
            try refusal("embed", #"{"texts":[\#(many)]}"#)
                == "embed.texts has 10000 entries; send at most 4096 at once")
        let long = String(repeating: "a", count: 1 << 20)
        #expect(throws: Never.self) { try command("embed", #"{"texts":["\#(long)"]}"#) }
        #expect(
            try refusal("embed", #"{"texts":["\#(long)a"]}"#)
                == "embed.texts[0] has 1048577 bytes; 1048576 at most: split it, or send it to a knowledge base")
    }

    @Test func `a source is a template, or weighted parts, and needs a model`() throws {
        let create = try command(
            "collection.create",
            #"{"name":"s","vectors":{"t":{"model":"m","source":[{"template":"{a}","weight":2},{"template":"{b}"}]}},"text":{"a":2}}"#
        )
        guard case .collectionCreate(let request) = create else { throw IlkError(.internal, "another command") }
        #expect(request.vectors.first?.source == [SourcePart(template: "{a}", weight: 2), SourcePart(template: "{b}")])
        #expect(request.vectors.first?.metric == .cosine && request.vectors.first?.dimension == 0)
        #expect(request.text == [TextField(path: "a", weight: 2)])
        #expect(
            try refusal(
                "collection.create", #"{"name":"s","vectors":{"t":{"dimension":4,"metric":"l2","source":"{a}"}}}"#
            ).contains("needs a 'model'"))
    }

    @Test func `a knowledge base leaves vectors and text to ilk`() throws {
        let create = try command("collection.create", #"{"name":"kb","kind":"knowledge","model":"m"}"#)
        #expect(create == .collectionCreate(CollectionCreate(name: "kb", kind: .knowledge, vectors: [], model: "m")))
        #expect(
            try refusal("collection.create", #"{"name":"kb","kind":"knowledge","text":["a"]}"#).contains("leave out"))
        #expect(try refusal("collection.create", #"{"name":"c","text":["a"],"model":"m"}"#).contains("knowledge bases"))
    }

    @Test func `a search has a text, a vector or both, and no leg of weight 0 alone`() throws {
        guard case .search(let both) = try command("search", #"{"collection":"c","vector":[1],"text":"x"}"#) else {
            throw IlkError(.internal, "another command")
        }
        #expect(both.words == "x" && both.query == .vector(WireVector([1])))
        #expect(try refusal("search", #"{"collection":"c","id":1,"text":"x"}"#).contains("both 'id' and 'text'"))
        #expect(
            try refusal("search", #"{"collection":"c","text":"x","weights":{"dense":0,"lexical":0}}"#)
                .contains("leaves no leg"))
        #expect(
            try refusal("search", #"{"collection":"c","text":"x","weights":{"desne":1}}"#)
                .contains("did you mean 'dense'"))
    }

    @Test func `documents are checked before anything is stored`() throws {
        #expect(
            try refusal(
                "document.upsert", #"{"collection":"kb","documents":[{"id":"a","text":"x"},{"id":"a","text":"y"}]}"#
            ).contains("send each document once"))
        #expect(
            try refusal("document.upsert", #"{"collection":"kb","documents":[{"id":"a","text":"x","format":"pdf"}]}"#)
                == "documents[0].format is 'pdf'; choose plain, markdown or html")
        #expect(
            try refusal("document.upsert", #"{"collection":"kb","documents":[{"id":"","text":"x"}]}"#)
                .contains("a document's id has 1 to 496"))
        #expect(
            try refusal("retrieve", #"{"collection":"kb","query":"q","k":0}"#) == "retrieve.k is 0; choose 1 to 100")
    }
}
