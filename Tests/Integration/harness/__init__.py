"""The tools of the integration tests: the program as a process, real servers and a scripted one."""
