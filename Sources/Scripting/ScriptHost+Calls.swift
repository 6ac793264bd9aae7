import CLuaHost

/// The use of a script by a load test, which keeps it, calls its functions, and stops it.
extension ScriptHost {
    /// How far the main chunk got in a host that only reads a plan.
    package enum PlanState {
        case finished
        /// It would wait, or connect, at this place in the script.
        case waits(String)
        case failed
        case exited
    }

    package var planState: PlanState {
        var place = luahost_slice()
        guard let vm = self.vm else { return .failed }
        switch luahost_vm_plan(vm, &place) {
        case LUAHOST_PLAN_FINISHED: return .finished
        case LUAHOST_PLAN_WAITS: return .waits(String(place))
        case LUAHOST_PLAN_EXITED: return .exited
        default: return .failed
        }
    }

    /// Whether the chunk of a plan wanted to start something that goes on after its end.
    package var planStartsTasks: Bool { self.vm.map { luahost_vm_plan_starts_tasks($0) } ?? false }

    /// From now on the script is not finished when it has nothing to do.
    package func hold() {
        guard let vm = self.vm else { return }
        luahost_vm_hold(vm)
    }

    /// Whether the main chunk has returned and the script still runs.
    package var hasReturnedFromChunk: Bool { self.vm.map { luahost_vm_chunk_returned($0) } ?? false }

    /// Sets `vu` of the script. To be called before ``run()`` and before each further iteration.
    package func setUser(id: Int, iteration: Int, iterationInTest: Int, scenario: String, seed: UInt64) {
        guard let vm = self.vm else { return }
        let arena = SliceArena()
        var user = luahost_user()
        user.id = UInt64(id)
        user.iteration = UInt64(iteration)
        user.iteration_in_test = UInt64(iterationInTest)
        user.scenario = arena.slice(scenario)
        user.seed = seed
        luahost_vm_set_user(vm, &user)
        withExtendedLifetime(arena) {}
    }

    package func setEnvironment(_ values: [String: String]) {
        guard let vm = self.vm else { return }
        let arena = SliceArena()
        for (name, value) in values { luahost_vm_set_env(vm, arena.slice(name), arena.slice(value)) }
        withExtendedLifetime(arena) {}
    }

    package func hasFunction(_ name: String) -> Bool {
        guard let vm = self.vm else { return false }
        let arena = SliceArena()
        return withExtendedLifetime(arena) { luahost_vm_has_function(vm, arena.slice(name)) }
    }

    /// Whether there is a global of this name, of any type.
    package func hasGlobal(_ name: String) -> Bool {
        do { return try self.json(ofGlobal: name) != nil } catch { return true }
    }

    /// A global as JSON; nil if there is no such global.
    ///
    /// - Throws: ``LoadTestError`` if it cannot be JSON.
    package func json(ofGlobal name: String) throws(LoadTestError) -> String? {
        guard let vm = self.vm else { return nil }
        let arena = SliceArena()
        var json = luahost_slice()
        let kind = withExtendedLifetime(arena) { luahost_vm_global_json(vm, arena.slice(name), &json) }
        switch kind {
        case LUAHOST_GLOBAL_OK: return String(json)
        case LUAHOST_GLOBAL_NOT_JSON: throw LoadTestError(String(json))
        default: return nil
        }
    }

    /// Runs a global function as a task; ``ScriptHostDelegate/scriptCallEnded(_:_:)`` follows later. Returns false, and
    /// nothing follows, if the script is ending.
    ///
    /// - Parameter argument: JSON, or empty to call without an argument.
    package func call(_ name: String, argument: String, wantsResult: Bool, id: UInt64) -> Bool {
        guard let vm = self.vm else { return false }
        let arena = SliceArena()
        self.turn()
        let isBegun = withExtendedLifetime(arena) {
            luahost_vm_call(vm, arena.slice(name), arena.slice(argument), wantsResult, id)
        }
        self.run(vm)
        return isBegun
    }

    /// Whether ``stop()`` was called, or the loop's end has stopped it.
    package var isStopped: Bool { self.vm.map { luahost_vm_is_stopped($0) } ?? false }

    /// Ends the script without an error: cancels its waits, disconnects its clients with a flush, lets their handlers
    /// run; ``ScriptHostDelegate/scriptFinished()`` follows, later.
    package func stop() {
        guard let vm = self.vm else { return }
        self.turn()
        luahost_vm_stop(vm)
        self.run(vm)
    }

    /// Whether the script called `os.exit` with `true`: ``close()`` then runs its pending `<close>` variables.
    package var closesAtExit: Bool { self.vm.map { luahost_vm_closes_at_exit($0) } ?? false }

    /// Lets functions be called again after ``stop()`` has come to its end.
    package func resume() {
        guard let vm = self.vm else { return }
        luahost_vm_resume(vm)
    }
}
