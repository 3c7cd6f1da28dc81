import CICU

/// What an analyzer does beyond finding words.
package struct AnalyzerOptions: Sendable, Equatable {
    /// Whether Latin words lose the s of the English plural.
    package var stemsPlurals: Bool
    /// Whether é is e, in Latin, Greek and Arabic words, and ё is е.
    package var foldsAccents: Bool

    package init(stemsPlurals: Bool = true, foldsAccents: Bool = true) {
        self.stemsPlurals = stemsPlurals
        self.foldsAccents = foldsAccents
    }

    /// Changes with whatever changes the terms of a text, but for the user's dictionary.
    var fingerprint: UInt64 {
        UInt64(Analyzer.version) << 32 | UInt64(UInt32(bitPattern: ilk_icu_version())) << 8
            | (stemsPlurals ? 1 : 0) | (foldsAccents ? 2 : 0)
    }
}
