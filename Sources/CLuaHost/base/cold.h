/* For functions of the unusual case. */
#ifndef LUAHOST_COLD_H
#define LUAHOST_COLD_H

/* A compiler takes a branch that calls such a function for an unlikely one and moves it behind the usual code, so that
 * the code of one message fits the processor's cache. */
#define LUAHOST_COLD __attribute__((cold))

#endif
