/// Cells that never move, so that handles may point to them, each with the number of its series.
final class CellStore<Cell> {
    private static var blockSize: Int { 64 }
    private var blocks: [UnsafeMutablePointer<Cell>] = []
    private var series: [Int] = []
    private let release: (Cell) -> Void

    /// - Parameter release: frees what a cell owns.
    init(release: @escaping (Cell) -> Void = { _ in }) { self.release = release }

    deinit {
        self.forEach { _, cell in
            self.release(cell.pointee)
            cell.deinitialize(count: 1)
        }
        for block in self.blocks { block.deallocate() }
    }

    func make(_ initial: Cell, series: Int) -> UnsafeMutablePointer<Cell> {
        let place = self.series.count % Self.blockSize
        if place == 0 { self.blocks.append(.allocate(capacity: Self.blockSize)) }
        let cell = self.blocks[self.blocks.count - 1] + place
        cell.initialize(to: initial)
        self.series.append(series)
        return cell
    }

    func forEach(_ body: (_ series: Int, _ cell: UnsafeMutablePointer<Cell>) -> Void) {
        for (index, series) in self.series.enumerated() {
            body(series, self.blocks[index / Self.blockSize] + index % Self.blockSize)
        }
    }
}
