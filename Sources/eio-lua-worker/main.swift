import ArgumentParser
import Commands

raiseDescriptorLimit()
reserveStandardDescriptors()
requireDescriptors(32)
WorkerCommand.main()
