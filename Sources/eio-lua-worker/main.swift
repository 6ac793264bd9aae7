import CommandLineParser
import CommandOptions
import ScriptProcess

prepareProcess(descriptors: 32)
WorkerCommand.main(Array(CommandLine.arguments.dropFirst()))
