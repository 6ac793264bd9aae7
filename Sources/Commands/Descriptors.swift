import CLuaHost
import Glibc

/// Raises the soft limit of open files to the hard one: each client needs one or two.
package func raiseDescriptorLimit() {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(resource, &limit)
}

/// Ends the program with an error where it cannot have this many descriptors more: the loops of SwiftNIO, and much else, trap
/// without one.
package func requireDescriptors(_ count: Int) {
    var opened: [Int32] = []
    defer { for descriptor in opened { close(descriptor) } }
    while opened.count < count {
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            let reason = SystemError.text(errno)
            // So that the runtime, which may need one for the end, has some.
            for descriptor in opened { close(descriptor) }
            FileDescriptorOutput.standardError.say(
                "eio-lua: cannot start, it opens \(count) files and sockets at least: \(reason)")
            exit(1)
        }
        opened.append(descriptor)
    }
}

/// Notes which descriptors the program was started with, for the programs that a script starts, and opens the standard ones that it
/// was started without, so that no socket gets their numbers: using one then is the error that it would be otherwise.
package func reserveStandardDescriptors() {
    luahost_note_descriptors()
    for (descriptor, uselessMode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(descriptor, F_GETFD) == -1 {
        // The lowest number that is free is this one.
        _ = open("/dev/null", uselessMode)
    }
}
