import Metrics

/// The unit of a plot's values; `numbers.js` writes them in the same form.
enum PlotUnit: String {
    case plain, time, bytes, share, perSecond, bytesPerSecond

    init(_ definition: MetricDefinition) {
        self =
            switch definition.contains {
            case _ where definition.kind == .rate: .share
            case .time: .time
            case .data: .bytes
            case .default: .plain
            }
    }

    func text(_ value: Double) -> String {
        switch self {
        case .plain: ReportNumber.plain(value)
        case .time: ReportNumber.time(value)
        case .bytes: ReportNumber.bytes(value)
        case .share: ReportNumber.share(value)
        case .perSecond: ReportNumber.plain(value) + "/s"
        case .bytesPerSecond: ReportNumber.bytes(value) + "/s"
        }
    }
}
