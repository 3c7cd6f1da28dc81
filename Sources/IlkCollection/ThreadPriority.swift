import Glibc

/// Lets every other thread of the process go first, and those of threads that this one starts.
///
/// On Linux a nice value belongs to a thread and is inherited. With two cores and a writer that links without pause, it
/// is what keeps the waiting time of a search near that of a quiet daemon.
func lowerPriorityOfThisThread() {
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
}
