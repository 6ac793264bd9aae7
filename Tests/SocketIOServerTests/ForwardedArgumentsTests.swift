import SocketIO
import TestSupport
import Testing

@testable import SocketIOServer

/// Arguments that the server forwards can be read by those who get them.
struct ForwardedArgumentsTests {
    private static let seeds = [
        #"["a",1,-2.5e3,"x\u00e9\n",{"k":[true,false,null]},{}]"#,
        #"["say","r",{"_placeholder":true,"num":0},[{"num":1,"_placeholder":true}]]"#,
        #"["a",{"_placehold\u0065r":true,"num":1,"x":{"_placeholder":1}}, "\"\\/" ]"#,
    ]
    private static let replacements = Array(#"{}[]",:\0129-+.eEutrfn_pm "#.utf8)

    @Test(arguments: [0, 2])
    func whateverIsForwardedCanBeRead(attachmentCount: Int) {
        var generator = SeededGenerator(seed: 7)
        var accepted = 0
        for _ in 0..<6000 {
            var payload = Array(Self.seeds[Int.random(in: 0..<Self.seeds.count, using: &generator)].utf8)
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                let index = Int.random(in: 2..<payload.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: payload.remove(at: index)
                case 1: payload.insert(payload[Int.random(in: 0..<payload.count, using: &generator)], at: index)
                default: payload[index] = Self.replacements.randomElement(using: &generator) ?? 0
                }
            }
            let (isForwarded, isReadable) = Self.judge(payload, attachmentCount)
            let text = String(decoding: payload, as: UTF8.self)
            if isForwarded { #expect(isReadable, "\(text)") }
            // Without placeholders there is no other reason for a refusal than the grammar.
            if attachmentCount == 0 { #expect(isForwarded == isReadable, "\(text)") }
            accepted += isForwarded ? 1 : 0
        }
        #expect(accepted > 1000 && accepted < 5000)
    }

    private static func judge(_ payload: [UInt8], _ attachmentCount: Int) -> (isForwarded: Bool, isReadable: Bool) {
        let attachments = Array(repeating: UnsafeRawBufferPointer(start: nil, count: 0), count: attachmentCount)
        return payload.withUnsafeBytes { payload in
            attachments.withUnsafeBufferPointer { attachments in
                let event = try? ReceivedEvent(payload, attachmentCount: attachmentCount)
                let arguments = try? ReceivedArguments(payload, attachments, hasName: true)
                return (event != nil, arguments != nil)
            }
        }
    }
}
