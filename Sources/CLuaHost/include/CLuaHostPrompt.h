/* A prompt for a VM with LUAHOST_RUN_WITH_PROMPT (script/prompt.c, script/complete.c). Included by CLuaHost.h. */
#ifndef CLUAHOST_PROMPT_H
#define CLUAHOST_PROMPT_H

typedef enum luahost_statement {
    LUAHOST_STATEMENT_BEGUN,      /* statement_ended follows, later */
    LUAHOST_STATEMENT_INCOMPLETE, /* more lines are needed */
    LUAHOST_STATEMENT_INVALID,    /* the error was given to `report` */
} luahost_statement;
/* Runs a statement, or an expression whose values are printed, as a new task. After statement_ended only. */
luahost_statement luahost_vm_statement(luahost_vm *vm, luahost_slice text);
/* Raises the cancellation in the waits of the statement, or of the script's chunk, that runs. */
void luahost_vm_interrupt_statement(luahost_vm *vm);
/* Writes the prompt for a new statement, or for a further line: _PROMPT, _PROMPT2. Returns the length. */
size_t luahost_vm_prompt(luahost_vm *vm, bool is_first, char *text, size_t size);
/* Reads a line of the standard input, from which statements may read as well; line_read follows, later. */
void luahost_vm_read_line(luahost_vm *vm);
/* The names that may follow the text before the cursor, each with a line feed; the slice lives until the next call for
 * this VM. Runs nothing of the script. */
luahost_slice luahost_vm_complete(luahost_vm *vm, luahost_slice text);
/* The prompt is over: the clients are disconnected, and `finished` follows. */
void luahost_vm_end_prompt(luahost_vm *vm);

#endif
