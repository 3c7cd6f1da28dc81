import ArgumentParser
import Glibc
import IlkClient
import IlkDatasets
import IlkProtocol
import IlkServer

/// A command's own end: what to say on standard error, and the exit status.
struct Failure: Error {
    var message: String
    var status: Int32

    /// What the exit statuses mean; for wrong usage ArgumentParser has the same.
    static let failed: Int32 = 1
    static let nothingFound: Int32 = 2
    static let wrongUsage: Int32 = 64
    static let notRunning: Int32 = 69

    init(_ message: String, status: Int32 = Failure.failed) {
        self.message = message
        self.status = status
    }

    /// Ends the process with what an error says; the library of arguments shows its own.
    static func exit(_ error: any Error) -> Never {
        Output.flush()
        guard let failure = Failure(of: error) ?? UnknownCommand.failure(of: error) else { Ilk.exit(withError: error) }
        if !failure.message.isEmpty { Output.note("ilk: \(failure.message)") }
        Glibc.exit(failure.status)
    }

    /// What an error means for the caller of the command; nil where it is the argument parser's.
    init?(of error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as IlkError: self.init("\(error.message) (\(error.code.rawValue))")
        case ClientError.notRunning(let socket):
            let command = socket == Places.socket ? "ilk serve" : "ilk serve --socket \(socket)"
            self.init("no daemon listens on \(socket); start it with: \(command)", status: Self.notRunning)
        case let error as ClientError: self.init("\(error)", status: error == .closed ? Self.notRunning : Self.failed)
        case let error as DatasetError: self.init("\(error)")
        case let error as ListenError: self.init("\(error)")
        case is CancellationError: self.init("interrupted")
        default: return nil
        }
    }
}
