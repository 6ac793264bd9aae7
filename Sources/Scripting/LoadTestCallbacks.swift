import CLuaHost

/// The functions that the `loadtest` module calls: see ``HostCallbacks``.
extension HostCallbacks {
    static func addCalls(to table: inout luahost_callbacks) {
        table.call_ended = { context, id, outcome, result in
            let outcome: CallOutcome =
                switch outcome {
                case LUAHOST_CALL_OK: .returned(String(result))
                case LUAHOST_CALL_FAILED: .failed
                case LUAHOST_CALL_EXITED: .exited(String(result))
                default: .cancelled
                }
            HostCallbacks.host(context).callEnded(id, outcome)
        }
    }

    static func addLoadTest(to table: inout luahost_callbacks) {
        table.abort_test = { context, message in HostCallbacks.host(context).sink?.abortTest(String(message)) }
        table.intern = { context, kind, text in
            let kind: LoadTestName =
                switch kind {
                case LUAHOST_GROUP_NAME: .group
                case LUAHOST_CHECK_NAME: .check
                default: .time
                }
            return HostCallbacks.host(context).sink?.intern(kind, String(name: text)) ?? 1
        }
        table.metric_create = { context, kind, name, isTime, out in
            let kind: LoadTestMetric =
                switch kind {
                case LUAHOST_COUNTER: .counter
                case LUAHOST_GAUGE: .gauge
                case LUAHOST_RATE: .rate
                default: .trend
                }
            guard let sink = HostCallbacks.host(context).sink else { return 0 }
            do throws(LoadTestError) {
                return try sink.createMetric(kind, String(name), isTime: isTime)
            } catch {
                out?.pointee = HostCallbacks.host(context).keep(error.message)
                return -1
            }
        }
        table.metric_add = { context, metric, value, tags in
            HostCallbacks.host(context).sink?.add(metric, value, .init(tags))
        }
        table.check_ended = { context, check, passed, tags in
            HostCallbacks.host(context).sink?.checkEnded(check, passed: passed, .init(tags))
        }
        table.group_ended = { context, seconds, tags in
            HostCallbacks.host(context).sink?.groupEnded(after: seconds, .init(tags))
        }
        table.time_ended = { context, name, seconds, error, tags in
            HostCallbacks.host(context).sink?.timeEnded(
                name, after: seconds, error: error.map { String($0.pointee) }, .init(tags))
        }
        table.pace_ended = { context, service, response, tags in
            HostCallbacks.host(context).sink?.paceEnded(service: service, response: response, .init(tags))
        }
    }
}

extension String {
    /// A name of the script's. Bytes that are not UTF-8 are written as `\xff`, so that two names never become one.
    fileprivate init(name slice: luahost_slice) {
        let bytes = UnsafeRawBufferPointer(slice)
        if let text = String(validating: bytes, as: UTF8.self) {
            self = text
            return
        }
        self = ""
        var rest = bytes[...]
        while !rest.isEmpty {
            // A scalar has at most four bytes.
            let length = (1...4).first { String(validating: rest.prefix($0), as: UTF8.self) != nil }
            if let length {
                self += String(decoding: rest.prefix(length), as: UTF8.self)
            } else {
                let byte = rest[rest.startIndex]
                self += "\\x" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
            }
            rest = rest.dropFirst(length ?? 1)
        }
    }
}

extension LoadTestTags {
    fileprivate init(_ tags: UnsafePointer<luahost_tags>?) {
        guard let tags = tags?.pointee else {
            self.init(group: 0, pairs: [])
            return
        }
        let pairs = UnsafeBufferPointer(start: tags.pairs, count: tags.count)
        self.init(group: tags.group, pairs: pairs.map { (String(name: $0.name), String(name: $0.value)) })
    }
}
