import IlkClient
import IlkProtocol

/// A connection to the daemon that is made when it is first needed, and again when the daemon was started again.
actor DaemonLink {
    private let path: String
    private let timeout: Duration
    private var connection: IlkConnection?

    init(path: String, timeout: Duration) {
        self.path = path
        self.timeout = timeout
    }

    /// Calls a method of the daemon's.
    ///
    /// A collection that is loading is asked for again for two seconds. A call that the daemon's end cut off is sent
    /// once more where that cannot do anything twice.
    func call(
        _ method: String, _ params: [(String, JSONValue)] = [], isRepeatable: Bool = true
    ) async throws -> JSONValue {
        let began = ContinuousClock.now
        var isSecond = false
        while true {
            do {
                return try await open().call(method, .object(JSONObject(params)))
            } catch ClientError.closed where isRepeatable && !isSecond {
                connection = nil
                isSecond = true
            } catch let error as IlkError where ContinuousClock.now - began < .seconds(2) {
                guard let wait = error.momentaryWait else { throw error }
                try await Task.sleep(for: wait)
            } catch let error as ClientError {
                if error == .closed { connection = nil }
                throw error
            }
        }
    }

    /// Why the daemon cannot be reached, as a sentence; nil where it can.
    func problem() async -> String? {
        do {
            _ = try await open()
            return nil
        } catch {
            return Failure(of: error)?.message ?? "\(error)"
        }
    }

    private func open() async throws -> IlkConnection {
        if let connection { return connection }
        var options = IlkConnection.Options()
        options.callTimeout = timeout
        let connection = try await IlkConnection.connect(path: path, options: options)
        self.connection = connection
        return connection
    }
}
