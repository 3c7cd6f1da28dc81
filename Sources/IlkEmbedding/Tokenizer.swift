/// Turns text into the token ids of one model's vocabulary.
package protocol Tokenizer: Sendable {
    /// Ids that stand before every text: `[CLS]`, `<s>`.
    var prefix: [Int32] { get }
    /// Ids that stand after every text: `[SEP]`, `</s>`.
    var suffix: [Int32] { get }
    /// Every id is below this.
    var vocabularySize: Int { get }

    /// The ids of a text, without prefix and suffix; none for an empty text.
    ///
    /// What looks like a special piece in a text, `</s>` for instance, is text.
    func ids(of text: String) -> [Int32]
}
