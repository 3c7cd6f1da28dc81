import IlkVectors

/// The codes that walks use, and the trial that they passed; without codes, the trial that they did not.
struct CodeChoice: Sendable {
    var codes: CodeStore?
    var trial: CodeTrial?
    /// Live vectors when the choice was made; 0 before.
    var count = 0
}
