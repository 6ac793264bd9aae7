import Testing

@testable import LoadOutput

/// The events for one reader of a run's page.
struct EventStreamTests {
    /// A page of this version, whose changes name the version that they begin with.
    private static func page(_ version: Int) -> (Int) -> (version: Int, text: String)? {
        { since in since < version ? (version, "{\"since\":\(since)}") : nil }
    }

    @Test func eachVersionIsOneEvent() {
        var stream = EventStream(since: 3)
        #expect(stream.next(Self.page(3)) == nil)
        #expect(stream.next(Self.page(4)) == "id: 4\ndata: {\"since\":3}\n\n")
        stream.written()
        #expect(stream.next(Self.page(4)) == nil)
        #expect(stream.next(Self.page(5)) == "id: 5\ndata: {\"since\":4}\n\n")
    }

    /// A reader that does not read has one event in memory, however long the run is.
    @Test func slowReaderMissesVersionsAndNoChange() {
        var stream = EventStream(since: 0)
        #expect(stream.next(Self.page(1)) != nil)
        for version in 2...1000 { #expect(stream.next(Self.page(version)) == nil) }
        #expect(stream.comment() == nil)
        stream.written()
        #expect(stream.next(Self.page(1000)) == "id: 1000\ndata: {\"since\":1}\n\n")
    }

    @Test func commentWaitsForItsTurnToo() {
        var stream = EventStream(since: 0)
        #expect(stream.comment() == ":\n\n")
        #expect(stream.comment() == nil)
        #expect(stream.next(Self.page(1)) == nil)
        stream.written()
        #expect(stream.next(Self.page(1)) != nil)
    }
}
