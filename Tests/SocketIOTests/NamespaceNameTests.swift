import Testing

@testable import SocketIO

struct NamespaceNameTests {
    @Test(arguments: ["/", "/a", "//", "/Chat/", "/é", "/a b", "/*"]) func names(name: String) {
        #expect(NamespaceName.problem(name) == nil)
    }

    @Test(arguments: ["", "a", "chat/", " /a", "/a,b", "/a?b", "/a\n", "/\u{1E}", "/\u{7F}"])
    func textsThatAreNotNames(name: String) {
        #expect(NamespaceName.problem(name) != nil)
    }
}
