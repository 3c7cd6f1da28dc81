import IlkProtocol
import Testing

/// The requests of a line, read by a parser of its own.
func parsed(_ line: String) -> ParsedLine { parsed(Array(line.utf8)) }

func parsed(_ line: [UInt8]) -> ParsedLine {
    let parser = RequestParser()
    return unsafe line.withUnsafeBytes { unsafe parser.parse(line: $0) }
}

/// The only call of a line.
func call(_ line: String) throws -> Call {
    guard case .single(let call) = parsed(line) else { throw NotThat("\(line) is no single request") }
    return call
}

/// The command of a request with this method and these parameters.
func command(_ method: String, _ params: String) throws -> Command {
    try call(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#).command.get()
}

/// The error that a request with this method and these parameters gets.
func refusal(_ method: String, _ params: String) throws -> IlkError {
    try refusal(of: try call(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#))
}

func refusal(of call: Call) throws -> IlkError {
    guard case .failure(let error) = call.command else { throw NotThat("accepted: \(call)") }
    return error
}

struct NotThat: Error {
    var what: String
    init(_ what: String) { self.what = what }
}
