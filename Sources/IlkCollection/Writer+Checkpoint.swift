import Dispatch
import IlkProtocol
import Synchronization

extension Writer {
    /// Writes a checkpoint of all that was acknowledged, and waits for it; writes go on meanwhile.
    func checkpoint() throws(IlkError) {
        let done = DispatchSemaphore(value: 0)
        let problem = Mutex<String?>(nil)
        try perform { state in
            state.askedForCheckpoint.append { result in
                if case .failure(let error) = result { problem.withLock { $0 = error.description } }
                done.signal()
            }
        }
        done.wait()
        if let problem = problem.withLock({ $0 }) {
            throw IlkError(.unavailable, "could not write the checkpoint: \(problem)")
        }
    }

    /// Goes on with a checkpoint, or begins one that is due; false if there is nothing to do now.
    func advanceCheckpoint(_ state: inout WriterState) -> Bool {
        if state.checkpoint == nil {
            guard !state.askedForCheckpoint.isEmpty || state.isCheckpointDue(count: content.directory.count) else {
                return false
            }
            beginCheckpoint(&state)
        }
        let isMoving = state.checkpoint?.step(sequence: state.sequence) ?? false
        guard let result = state.checkpoint?.result else { return isMoving }
        state.endCheckpoint(result)
        switch result {
        case .success: content.issues.end(.checkpoint)
        case .failure(let problem):
            content.issues.note(
                .checkpoint, "the checkpoint could not be written: \(problem)",
                do: "see that the disk has room and that the folder can be written; it is tried again")
        }
        return true
    }

    private func beginCheckpoint(_ state: inout WriterState) {
        state.begin(CheckpointRun(content, changes: state.changesSinceCheckpoint) { [self] in wake.signal() })
    }

    /// Writes what is new before the thread ends, unless the disk does not take it.
    func lastCheckpoint(_ state: inout WriterState) {
        var isFailing = false
        while state.checkpoint != nil || !state.askedForCheckpoint.isEmpty
            || state.changesSinceCheckpoint > 0 && !isFailing
        {
            if state.checkpoint == nil { beginCheckpoint(&state) }
            while state.checkpoint != nil { if !advanceCheckpoint(&state) { wake.wait() } }
            isFailing = !state.lastCheckpointSucceeded
        }
    }
}
