extension String {
    /// The text between single quotes, for a message: cut after 64 Unicode scalars, for it may be megabytes long.
    package var quoted: String {
        let cut = unicodeScalars.prefix(64)
        return "'\(String(cut))\(cut.endIndex < unicodeScalars.endIndex ? "…" : "")'"
    }
}
