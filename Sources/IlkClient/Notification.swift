public import IlkProtocol

/// What the daemon sends without being asked for each time: so far the progress of jobs.
public struct Notification: Equatable, Sendable {
    /// `progress`.
    public var method: String
    /// For `progress`: job, state, phase, done, total, rate and eta_s.
    public var params: JSONObject

    /// Makes a notification.
    public init(method: String, params: JSONObject) {
        self.method = method
        self.params = params
    }
}
