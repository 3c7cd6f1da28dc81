import IlkProtocol
enum TokenizerFile {
    static func open(folder: String) throws(IlkError) -> any Tokenizer { throw IlkError(.unavailable, "not yet") }
}
