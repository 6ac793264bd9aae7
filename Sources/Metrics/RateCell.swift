@usableFromInline struct RateCell {
    @usableFromInline var passes: UInt64 = 0
    @usableFromInline var total: UInt64 = 0
}
