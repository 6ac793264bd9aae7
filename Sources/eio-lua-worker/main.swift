import ArgumentParser
import Commands

raiseDescriptorLimit()
reserveStandardDescriptors()
WorkerCommand.main()
