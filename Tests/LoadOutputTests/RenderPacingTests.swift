import Testing

@testable import LoadOutput

/// How often the page of a run is rendered.
struct RenderPacingTests {
    @Test func theFirstTimeIsFree() { #expect(RenderPacing().next < 0) }

    @Test(arguments: [(0.0, 11.0), (0.05, 11.0), (0.1, 11.0), (0.3, 13.0), (2.0, 30.0)])
    func onceASecondAndForATenthOfTheTime(cost: Double, next: Double) {
        var pacing = RenderPacing()
        pacing.rendered(at: 10, cost: cost)
        #expect(pacing.next == next)
    }
}
