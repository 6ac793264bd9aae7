// Swift 6 would refuse the C library's variable `environ`, which is only read here.
@preconcurrency import Glibc

/// The libraries that only `eio-lua-worker` needs. In the package for Debian that is ZeroMQ.
enum WorkerLibraries {
    static let advice =
        "eio-lua: `eio-lua worker` also needs the library of ZeroMQ; on Debian and Ubuntu: apt install libzmq5"

    /// Whether the dynamic linker finds all libraries of the program; it writes the name of an absent one to the
    /// standard error.
    ///
    /// The program runs for its version only. After `execv` nobody could add advice to the linker's words.
    static func areFound(by program: String) -> Bool {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        var arguments = [strdup(program), strdup("--version"), nil]
        defer { arguments.forEach { free($0) } }
        var process = pid_t()
        // `execv` reports why a program cannot start at all.
        guard posix_spawn(&process, program, &actions, nil, &arguments, environ) == 0 else { return true }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return status != self.linkerFailed
    }

    /// An exit with the status 127, as `waitpid` has it.
    private static let linkerFailed: Int32 = 127 << 8
}
