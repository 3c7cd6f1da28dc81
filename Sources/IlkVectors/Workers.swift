import Glibc

/// Runs the same work on several threads and waits for all of them.
package enum Workers {
    /// Calls `body` with 0, 1, … `count - 1`, each on a thread of its own; number 0 on the caller's.
    ///
    /// The threads inherit the caller's nice value, as those of a shared pool would not.
    package static func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
        guard count > 1 else { return body(0) }
        withoutActuallyEscaping(body) { body in
            var threads: [pthread_t] = []
            for number in 1..<count {
                let start = unsafe Unmanaged.passRetained(Start { body(number) })
                var thread = pthread_t()
                let result = unsafe pthread_create(
                    &thread, nil,
                    { argument in
                        // SAFETY: the argument is the retained Start that pthread_create was given, taken once.
                        unsafe Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue().run()
                        return nil
                    }, start.toOpaque())
                if result == 0 {
                    threads.append(thread)
                } else {
                    unsafe start.takeRetainedValue().run()  // no thread to be had: the work is done here
                }
            }
            body(0)
            for thread in threads { pthread_join(thread, nil) }
        }
    }

    private final class Start: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
