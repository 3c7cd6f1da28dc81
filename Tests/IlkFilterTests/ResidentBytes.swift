import Glibc

/// The resident memory of this process, from `/proc/self/statm`.
func residentBytes() throws -> Int {
    guard let file = unsafe fopen("/proc/self/statm", "r") else { throw NoStatistics() }
    defer { unsafe _ = fclose(file) }
    var total = 0
    var pages = 0
    let found = unsafe withUnsafeMutablePointer(to: &total) { total in
        unsafe withUnsafeMutablePointer(to: &pages) { pages in
            unsafe withVaList([total, pages]) { unsafe vfscanf(file, "%ld %ld", $0) }
        }
    }
    guard found == 2 else { throw NoStatistics() }
    return pages * sysconf(Int32(_SC_PAGESIZE))
}

struct NoStatistics: Error {}
