import Commands

EioLuaCommand.start()
