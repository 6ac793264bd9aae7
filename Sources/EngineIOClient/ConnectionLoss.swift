import EngineIO

/// How the connection of a websocket ended. On the heap, because nearly no websocket needs it.
indirect enum ConnectionLoss {
    /// The error that came before the end.
    case failed(any Error)
    /// The connection is gone, and frames that came before are read.
    case unread(DisconnectDetail)

    var error: (any Error)? { if case .failed(let error) = self { error } else { nil } }

    var detail: DisconnectDetail? { if case .unread(let detail) = self { detail } else { nil } }
}
