import ArgumentParser
import CommandOptions
import ScriptProcess

prepareProcess(descriptors: 32)
WorkerCommand.main(ShortOptions(flags: "qh", valued: "e").separated(Array(CommandLine.arguments.dropFirst())))
