import LoadPlan
import ProcessSupport

/// The file of a Locust master: a program in Python with the classes of users, the shape of a ramp, and
/// the thresholds that a master can judge.
package struct Locustfile: Sendable {
    /// One script's part.
    package struct Script: Sendable {
        package let path: String
        package let plan: LoadPlan

        package init(path: String, plan: LoadPlan) { (self.path, self.plan) = (path, plan) }
    }

    private let scripts: [Script]
    private let classes: [LocustPlan.UserClass]
    private let thresholds: [LocustThreshold]
    /// Notes for the user, a sentence each.
    package let notes: [String]

    /// - Throws: what a master cannot direct or judge, and classes of one name.
    package init(_ scripts: [Script]) throws(OptionErrors) {
        let problems = ProblemList()
        var classes: [LocustPlan.UserClass] = []
        var owners: [String: String] = [:]
        for script in scripts {
            for own in try LocustPlan(script.plan, stem: LocustPlan.stem(ofPath: script.path)).classes {
                if let other = owners.updateValue(script.path, forKey: own.name) {
                    problems.add(script.path, nil, "has a class \(own.name) for Locust, as \(other) has")
                }
                classes.append(own)
            }
        }
        let thresholds = scripts.flatMap { $0.plan.noThresholds ? [] : $0.plan.thresholds }
        self.thresholds = thresholds.compactMap { LocustThreshold($0, problems) }
        try problems.throwIfAny()
        self.scripts = scripts
        self.classes = classes
        self.notes =
            thresholds.contains(where: \.abortOnFail)
            ? ["abortOnFail is without effect: a master judges thresholds when it ends"] : []
    }

    /// Whether the number of users follows the scripts' stages; otherwise the master gets it when it is started.
    private var hasShape: Bool { self.classes.contains { $0.stages != nil } }

    /// The file.
    package var text: String {
        var parts = [self.head, self.classText]
        if self.hasShape { parts.append(self.shapeText) }
        parts.append(self.connectText)
        if !self.thresholds.isEmpty { parts.append(self.thresholdText) }
        return parts.joined(separator: "\n\n\n") + "\n"
    }

    private var head: String {
        let scripts = self.scripts.map { PythonText.comment($0.path) }.joined(separator: " ")
        let users = self.classes.reduce(0) { $0 + $1.scenario.executor.maxUsers }
        let how = self.hasShape ? "" : " -u \(users) -r \(users) -t 60s"
        return """
            # The master's part of \(scripts), by eio-lua locustfile:
            #   locust -f locustfile.py --master --headless --expect-workers 2\(how)
            # and on each machine, the users:
            #   eio-lua worker --master-host HOST \(scripts)
            # Without --headless, the web page on port 8089 starts and stops them.
            import operator as _eio_operator

            import locust as _eio_locust
            import locust.runners as _eio_runners
            import locust.stats as _eio_stats
            """
    }

    private var classText: String {
        let base = """
            class _EioUser(_eio_locust.User):
                abstract = True
                wait_time = _eio_locust.constant(1)

                @_eio_locust.task
                def nothing(self):
                    pass  # the users are in the workers; a class without a task is warned of
            """
        let classes = self.classes.map { one in
            let share = one.fixedCount.map { "fixed_count = \($0)" } ?? "weight = \(one.weight)"
            return "class \(one.name)(_EioUser):\n    \(share)"
        }
        return ([base] + classes).joined(separator: "\n\n\n")
    }

    /// A line for each class, by its corners: seconds since the start, and users there.
    private var shapeText: String {
        let lines = self.classes.map { one in
            let corners = one.corners.map { "(\(PythonText.number($0.time)), \($0.users))" }.joined(separator: ", ")
            return "    [\(corners)],  # \(one.name)"
        }
        return """
            # The users of each class go in straight lines from corner to corner: (seconds, users).
            _eio_lines = [
            \(lines.joined(separator: "\n"))
            ]


            def _eio_users(line, time):
                users = 0
                for (start, before), (end, after) in zip(line, line[1:]):
                    if start <= time < end:
                        users = before + (after - before) * (time - start) / (end - start)
                return users


            # The master divides their sum by the classes' weights.
            class _EioShape(_eio_locust.LoadTestShape):
                last = (0, 1)

                def tick(self):
                    time = self.get_run_time()
                    if time >= max(line[-1][0] for line in _eio_lines):
                        return None
                    users = round(sum(_eio_users(line, time) for line in _eio_lines))
                    if users != self.last[0]:
                        self.last = (users, max(1, abs(users - self.get_current_user_count())))
                    return self.last
            """
    }

    /// The workers' own verdict on a run in which no connect succeeds.
    private var connectText: String {
        """
        @_eio_locust.events.quitting.add_listener
        def _eio_judge_connects(environment, **_):
            entry = environment.stats.entries.get(("connect", "EIO"))
            if not isinstance(environment.runner, _eio_runners.MasterRunner) or entry is None:
                return
            if 0 < entry.num_requests == entry.num_failures:
                print("No connect succeeded: all " + str(entry.num_requests) + " failed.")
                environment.process_exit_code = \(ExitStatus.thresholdsFailed.rawValue)
        """
    }

    private var thresholdText: String {
        """
        # The thresholds of the run: each with its text, a figure in milliseconds or a count, and the comparison.
        _eio_thresholds = [
        \(self.thresholds.map { "    \($0.python)," }.joined(separator: "\n"))
        ]
        _eio_comparisons = {
            "<": _eio_operator.lt,
            "<=": _eio_operator.le,
            ">": _eio_operator.gt,
            ">=": _eio_operator.ge,
            "==": _eio_operator.eq,
            "!=": _eio_operator.ne,
        }


        def _eio_entry(environment, kind, name):
            # Of one name; without one, of all that scripts time themselves, or of all events with an ack.
            merged = _eio_stats.StatsEntry(_eio_stats.RequestStats(), name or "", kind)
            for (entry_name, method), entry in environment.stats.entries.items():
                if method == kind and (entry_name == name or name is None and entry_name != "connect"):
                    merged.extend(entry)
            return merged


        def _eio_time(environment, kind, name, statistic):
            entry = _eio_entry(environment, kind, name)
            if entry.num_requests == entry.num_none_requests:
                return None
            if statistic in ("num_requests", "avg_response_time", "min_response_time", "max_response_time"):
                return getattr(entry, statistic)
            return entry.get_response_time_percentile(statistic)


        def _eio_exceptions(environment, kind=None):
            # A worker puts the kind before the text.
            return sum(one["count"] for one in environment.runner.exceptions.values()
                       if kind is None or one["traceback"].startswith(kind + ": "))


        def _eio_seconds(environment):
            total = environment.stats.total
            return max((total.last_request_timestamp or 0) - total.start_time, 1)


        @_eio_locust.events.quitting.add_listener
        def _eio_judge(environment, **_):
            if not isinstance(environment.runner, _eio_runners.MasterRunner):
                return
            for words, figure, comparison, limit in _eio_thresholds:
                value = figure(environment)
                if value is None:
                    print("threshold failed: " + words + ", there are no values")
                    environment.process_exit_code = \(ExitStatus.thresholdsFailed.rawValue)
                elif not _eio_comparisons[comparison](value, limit):
                    print("threshold failed: " + words + ", it is " + str(value))
                    environment.process_exit_code = \(ExitStatus.thresholdsFailed.rawValue)
        """
    }
}

extension LocustPlan.UserClass {
    /// Of the line that the number of users follows.
    fileprivate var corners: [(time: Duration, users: Int)] {
        var time = self.scenario.startTime
        switch self.scenario.executor {
        case .rampingVUs(let start, let stages):
            return stages.reduce(into: [(time, start)]) { corners, stage in
                time += stage.duration
                corners.append((time, stage.target))
            }
        case let executor:
            return [(time, executor.maxUsers), (time + executor.duration, executor.maxUsers)]
        }
    }
}

extension PythonText {
    /// Seconds.
    fileprivate static func number(_ duration: Duration) -> String { "\(Double(duration.wholeNanoseconds) / 1e9)" }
}
