/// Where the server listens, and what it takes from whom.
package struct ServerOptions: Sendable {
    /// The path of the Unix socket; at most 107 bytes, which is what `sockaddr_un` holds.
    package var socketPath: String
    /// Who may connect, as the socket file's permission bits.
    package var socketMode: UInt32 = 0o600
    /// The longest line, in bytes; a longer one is refused and skipped without being held.
    package var lineLimit = 16 << 20
    /// Bytes of unfinished lines that all connections together may hold; whose line would be too much, is told
    /// `overloaded` and closed.
    package var unfinishedLinesLimit = 512 << 20
    /// Connections at once; one more gets an `overloaded` line and is closed.
    package var connectionLimit = 1_000
    /// Requests of one connection that may be under way; then its lines wait in the socket.
    package var requestLimit = 1_024
    /// Lines longer than this are parsed on the pool: 64 KiB of JSON hold up an event loop some 100 µs.
    package var inlineLineLimit = 64 << 10
    /// Bytes of replies that may wait for a client to read them, before nothing more is read from it.
    package var outboundHighWater = 1 << 20
    /// Event loops; one a core.
    package var loops: Int
    /// How long connections may take to finish when the server stops, in seconds.
    package var drainSeconds = 4.0
    /// How long the whole stop may take, checkpoints included, in seconds.
    package var stopSeconds = 9.5

    package init(socketPath: String, cores: Int) {
        self.socketPath = socketPath
        loops = max(1, cores)
    }
}
