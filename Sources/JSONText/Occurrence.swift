extension Collection where Element: Equatable {
    /// The first place where all of `other` occurs, or nil.
    ///
    /// The functions of this kind in the standard library are those of regular expressions, whose modules would be a
    /// megabyte of the program.
    package func firstOccurrence(of other: some Collection<Element>) -> Range<Index>? {
        var start = self.startIndex
        while true {
            let rest = self[start...]
            if rest.starts(with: other) { return start..<rest.index(start, offsetBy: other.count) }
            guard start != self.endIndex else { return nil }
            self.formIndex(after: &start)
        }
    }
}
