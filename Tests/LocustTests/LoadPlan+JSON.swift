import LoadPlan

extension LoadPlan {
    /// The plan of a scenario script with these options.
    static func of(_ json: String) throws -> LoadPlan {
        try LoadPlan(options: LoadOptions(json: json), shape: .scenario)
    }
}
