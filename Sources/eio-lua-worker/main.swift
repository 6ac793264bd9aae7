import ArgumentParser
import CommandOptions
import ScriptProcess

prepareProcess(descriptors: 32)
let arguments = ShortOptions(flags: "qh", valued: "e").separated(Array(CommandLine.arguments.dropFirst()))
WorkerCommand.main(ScriptArguments.separated(arguments))
