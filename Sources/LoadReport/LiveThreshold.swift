/// A threshold with its present value.
struct LiveThreshold: Equatable, Sendable {
    enum State: Equatable, Sendable {
        case holding, failing
        /// Nothing was recorded yet.
        case waiting
    }

    let selector: String
    let expression: String
    let value: String
    let state: State
}
