/* A script's text that was read before, and a standard input that VMs share. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "tests.h"

static void expect_text(const char *text, const char *expected) {
    luahost_source *source = luahost_source_create(slice(text));
    luahost_vm_options options = {.ignore_environment = true, .source = source};
    host *host = host_start("error('of the file')", &options);
    host_run(host, 0.2);
    EXPECT_LOG(host, expected);
    host_end(host);
    luahost_source_destroy(source);
}

static void the_text_is_what_was_read(void) {
    expect_text(
        "#!/usr/bin/env eio-lua\nlocal a = 1\nerror('read')", "report main chunk: t.lua:3: read\nfinished\n");
    expect_text("\xEF\xBB\xBF# only a comment", "finished\n");
    expect_text(
        "\x1bLua", "report main chunk: cannot open t.lua: attempt to load a binary chunk (mode is 't')\nfinished\n");
}

static void write_module(const char *text) {
    FILE *file = fopen("m.lua", "w");
    fputs(text, file);
    fclose(file);
}

static void expect_module(luahost_source *source, const char *expected) {
    luahost_vm_options options = {.ignore_environment = true, .source = source};
    host *host = host_start("", &options);
    host_run(host, 0.2);
    EXPECT_LOG(host, expected);
    host_end(host);
}

static void a_module_is_read_once(void) {
    luahost_source *source = luahost_source_create(slice("local m, file = require 'm'  error(m .. ' ' .. file)"));
    remove("m.lua");
    luahost_vm_options options = {.ignore_environment = true, .source = source};
    host *host = host_start("", &options);
    host_run(host, 0.2);
    host->log[host->logged] = '\0';
    EXPECT(strstr(host->log, "module 'm' not found:\n\tno field package.preload['m']\n\tno file '") != NULL);
    host_end(host);
    write_module("syntax error");
    luahost_source *broken = luahost_source_create(slice("require 'm'"));
    expect_module(
        broken, "report main chunk: error loading module 'm' from file './m.lua':\n\t./m.lua:1: syntax error near 'error'\n"
                "finished\n");
    luahost_source_destroy(broken);
    write_module("#!\nreturn 'first'");
    expect_module(source, "report main chunk: t.lua:1: first ./m.lua\nfinished\n");
    write_module("return 'second'");
    expect_module(source, "report main chunk: t.lua:1: first ./m.lua\nfinished\n");
    remove("m.lua");
    expect_module(source, "report main chunk: t.lua:1: first ./m.lua\nfinished\n");
    luahost_source_destroy(source);
}

/* Each reader gets whole lines, and together they get all of them. */
static void records_go_whole_to_one(void) {
    luahost_input *input = luahost_input_create();
    luahost_vm_options options = {.ignore_environment = true, .input = input};
    const char *script = "local l = io.read()  error(l)";
    host *a = host_start(script, &options), *b = host_start(script, &options);
    host_run(a, 0);
    host_run(b, 0);
    EXPECT_LOG(a, "stdin\n");
    EXPECT_LOG(b, "");
    luahost_vm_stdin(a->vm, slice("half"), 0);
    host_run(a, 0);
    EXPECT_LOG(a, "stdin\n");
    luahost_vm_stdin(a->vm, slice(" and half\nsecond\nthi"), 0);
    host_run(a, 0);
    EXPECT_LOG(a, "report main chunk: t.lua:1: half and half\nfinished\n");
    EXPECT_LOG(b, "");
    luahost_vm_stdin_turn(b->vm);
    host_run(b, 0);
    EXPECT_LOG(b, "report main chunk: t.lua:1: second\nfinished\n");
    host_end(a);
    host_end(b);
    luahost_input_arrived(input, slice("rd"), 0);
    host *c = host_start(script, &options);
    host_run(c, 0);
    EXPECT_LOG(c, "stdin\n");
    luahost_vm_stdin(c->vm, slice(""), 0);
    host_run(c, 0);
    EXPECT_LOG(c, "report main chunk: t.lua:1: third\nfinished\n");
    host_end(c);
    luahost_input_destroy(input);
}

/* The turn is not kept by a reader that is gone, or that failed. */
static void the_turn_goes_on(void) {
    luahost_input *input = luahost_input_create();
    luahost_vm_options options = {.ignore_environment = true, .input = input};
    host *a = host_start("io.read()", &options), *b = host_start("local l = io.read() error(l)", &options);
    host_run(a, 0);
    host_run(b, 0);
    EXPECT_LOG(a, "stdin\n");
    luahost_vm_stop(a->vm);
    host_run(a, 0);
    luahost_vm_stdin(a->vm, slice("line\n"), 0);
    EXPECT_LOG(a, "finished\n");
    luahost_vm_stdin_turn(b->vm);
    host_run(b, 0);
    EXPECT_LOG(b, "report main chunk: t.lua:1: line\nfinished\n");
    host_end(a);
    host_end(b);
    luahost_input_destroy(input);
}

void test_input(void) {
    the_text_is_what_was_read();
    a_module_is_read_once();
    records_go_whole_to_one();
    the_turn_goes_on();
}
