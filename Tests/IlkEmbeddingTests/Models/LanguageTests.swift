import Foundation
import IlkEmbedding
import IlkProtocol
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `A language guess` {
    @Test(arguments: [
        ("en", "The panda eats bamboo and sleeps in the trees."), ("en", "What is the capital of France?"),
        ("zh", "熊猫毛绒玩具"), ("zh", "苹果 iPhone 15 Pro Max 手机壳"), ("zh", "臺灣的首都是哪裡？"),
        ("ja", "パンダのぬいぐるみはどこで買えますか"), ("ko", "판다 인형은 어디에서 살 수 있나요?"),
        ("de", "Wo kann man die Stofftiere kaufen, und was kosten sie?"), ("de", "Größe und Farbe der Spielwaren"),
        ("fr", "Où est-ce que l'on peut acheter des peluches dans cette ville ?"),
        ("es", "¿Dónde se pueden comprar los peluches en la ciudad?"),
        ("pt", "Onde é que se pode comprar um brinquedo de pelúcia em São Paulo?"),
        ("it", "Dove si possono comprare i giocattoli della fabbrica?"),
        ("nl", "Waar kun je het speelgoed van deze fabriek kopen?"),
        ("pl", "Gdzie można kupić zabawki, które są tanie?"), ("tr", "Oyuncak ayı nereden ve ne kadar paraya alınır?"),
        ("vi", "Gấu bông có thể mua ở đâu trong thành phố?"), ("ro", "Unde se pot cumpăra jucării din pluș în oraș?"),
        ("ru", "Где можно купить плюшевую панду?"), ("uk", "Де можна купити плюшеву іграшку та її ціна?"),
        ("ar", "أين يمكن شراء دمية الباندا؟"), ("fa", "کجا می‌توان عروسک پاندا خرید؟"), ("el", "Πού μπορώ να αγοράσω;"),
        ("he", "איפה אפשר לקנות"), ("hi", "पांडा कहाँ मिलता है"), ("th", "ซื้อตุ๊กตาแพนด้าได้ที่ไหน"),
        ("en", "HP 301XL CH563EE"), ("en", ""), ("en", "12345 !!"),
    ])
    func `knows the language of a sentence`(language: String, text: String) {
        #expect(LanguageGuess.language(of: text) == language)
    }

    @Test func `looks at the beginning of a long text only`() {
        let text = String(repeating: "The panda and the bamboo. ", count: 200)
        #expect(LanguageGuess.language(of: text + String(repeating: "熊猫", count: 10_000)) == "en")
    }
}

@Suite struct `Language means` {
    private func means() throws -> LanguageMeans {
        let vectors = RandomVectors.uniform(3, dimension: 5, seed: 7)
        return try LanguageMeans(
            model: "toy", dimension: 5,
            means: [
                (.init(kind: .query, language: "en"), vectors[0]), (.init(kind: .passage, language: "zh"), vectors[1]),
                (.init(kind: .query, language: "*"), vectors[2]),
            ])
    }

    private func write(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("centring.means")))
        return folder.file("centring.means")
    }

    @Test func `come back from their file`() throws {
        let folder = try TemporaryFolder()
        let written = try means()
        let read = try LanguageMeans(path: write(written.bytes, in: folder))
        #expect(read == written)
        #expect(read.entries.map(\.language) == ["en", "zh", "*"])
        #expect(
            read.mean(of: .init(kind: .query, language: "en")) == RandomVectors.uniform(3, dimension: 5, seed: 7)[0])
        #expect(read.mean(of: .init(kind: .passage, language: "en")) == nil)
    }

    @Test func `of a damaged file are refused`() throws {
        let folder = try TemporaryFolder()
        let whole = try means().bytes
        for count in 0..<whole.count {
            let path = try write(Array(whole.prefix(count)), in: folder)
            #expect(throws: IlkError.self) { try LanguageMeans(path: path) }
        }
        for place in whole.indices {
            var bytes = whole
            bytes[place] ^= 1 << UInt8(place % 8)
            let path = try write(bytes, in: folder)
            #expect(throws: IlkError.self) { try LanguageMeans(path: path) }
        }
    }

    @Test(arguments: [
        "{}", "[]", "{\"format\":\"ilk-means\",\"version\":2,\"model\":\"m\",\"dimension\":1,\"entries\":[]}",
        "{\"format\":\"ilk-means\",\"version\":1,\"model\":\"m\",\"dimension\":-1,\"entries\":[]}",
        "{\"format\":\"ilk-means\",\"version\":1,\"model\":\"m\",\"dimension\":1,\"entries\":[{\"kind\":\"x\",\"language\":\"en\"}]}",
        "{\"format\":\"ilk-means\",\"version\":1,\"model\":\"m\",\"dimension\":9,\"entries\":[{\"kind\":\"query\",\"language\":\"en\"}]}",
    ])
    func `with a header that says what is not so are refused`(header: String) throws {
        let folder = try TemporaryFolder()
        var bytes = Array(header.utf8) + [0x0A, 0, 0, 0, 0]
        let sum = unsafe bytes.withUnsafeBytes { unsafe Checksum.xxh3($0) }
        for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: sum >> (8 * UInt64(byte)))) }
        let path = try write(bytes, in: folder)
        let error = #expect(throws: IlkError.self) { try LanguageMeans(path: path) }
        #expect(error?.message.contains("fetch or learn it again") == true)
    }

    @Test func `that are not numbers or stand twice are refused`() {
        #expect(throws: IlkError.self) {
            try LanguageMeans(model: "m", dimension: 1, means: [(.init(kind: .query, language: "en"), [.nan])])
        }
        #expect(throws: IlkError.self) {
            try LanguageMeans(
                model: "m", dimension: 1,
                means: [(.init(kind: .query, language: "en"), [1]), (.init(kind: .query, language: "en"), [2])])
        }
        #expect(throws: IlkError.self) {
            try LanguageMeans(model: "m", dimension: 2, means: [(.init(kind: .query, language: "en"), [1])])
        }
    }
}
