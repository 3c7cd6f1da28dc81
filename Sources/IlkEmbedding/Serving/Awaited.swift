import Dispatch
import IlkProtocol
import Synchronization

/// A result that one thread will have and others wait for.
final class Awaited<Value: Sendable>: Sendable {
    private let result: Mutex<Result<Value, IlkError>?>
    private let done = DispatchGroup()

    init() {
        result = Mutex(nil)
        done.enter()
    }

    /// A result that is there already.
    init(_ value: Value) { result = Mutex(.success(value)) }

    /// The result; nil while it is being made.
    var outcome: Result<Value, IlkError>? { result.withLock { $0 } }

    /// Gives the result; called once.
    func finish(_ outcome: Result<Value, IlkError>) {
        result.withLock { $0 = outcome }
        done.leave()
    }

    func wait() -> Result<Value, IlkError> {
        done.wait()
        return outcome ?? .failure(IlkError(.internal, "a wait ended without a result; report this"))
    }
}
