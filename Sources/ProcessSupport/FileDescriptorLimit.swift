import Glibc

/// The number of files and sockets that this process may have.
package enum FileDescriptorLimit {
    /// Raises the soft limit to the hard one: each client needs one or two.
    package static func raise() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(resource, &limit)
    }

    /// The soft limit; `Int32.max` without a limit.
    package static var current: Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        let isKnown = getrlimit(resource, &limit) == 0 && limit.rlim_cur < rlim_t(Int32.max)
        return isKnown ? Int(limit.rlim_cur) : Int(Int32.max)
    }

    /// Ends the program with an error if it cannot open this many more descriptors, because SwiftNIO's loops and other
    /// parts trap when they cannot open one.
    package static func require(_ count: Int) {
        var opened: [Int32] = []
        defer { for descriptor in opened { close(descriptor) } }
        while opened.count < count {
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            if descriptor < 0 {
                let reason = SystemError.text(errno)
                // The runtime may need one for the end.
                for descriptor in opened { close(descriptor) }
                FileDescriptorOutput.standardError.say(
                    "eio-lua: cannot start, it opens \(count) files and sockets at least: \(reason)")
                exit(1)
            }
            opened.append(descriptor)
        }
    }

    /// Opens the standard descriptors that the program was started without, so that no socket gets their numbers. Using
    /// one of them is still an error.
    package static func reserveStandardDescriptors() {
        let uselessModes = [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        for (descriptor, mode) in uselessModes where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest number that is free is this one.
            _ = open("/dev/null", mode)
        }
    }
}
