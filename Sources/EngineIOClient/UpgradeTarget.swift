/// A transport that can take over from another.
protocol UpgradeTarget: SessionTransport {
    func sendProbe()
    /// Sends the upgrade packet: the session goes by this transport now.
    func confirmUpgrade()
    /// Sends the packets that the source had not sent.
    func takeOver(_ waiting: WaitingPackets)
    /// Reads nothing until ``sourceIsRead()``: packets that came by the source come first.
    func waitForSource()
    func sourceIsRead()
}
