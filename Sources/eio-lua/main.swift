import ArgumentParser
import Commands

EioLuaCommand.main()
