import ArgumentParser
import Commands

raiseDescriptorLimit()
reserveStandardDescriptors()
requireDescriptors(32)
WorkerCommand.main(ShortOptions(flags: "qh", valued: "e").separated(Array(CommandLine.arguments.dropFirst())))
