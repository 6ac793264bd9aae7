#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loadtest/data_file.h"
#include "host.h"
#include "tests.h"

/* Each file is read once in a process: every test has a name of its own. */
static void expect_data(const char *path, const char *content, const char *script, const char *log) {
    FILE *file = fopen(path, "w");
    fputs(content, file);
    fclose(file);
    char text[2048];
    snprintf(text, sizeof text, "local lt = require 'loadtest' local d = lt.data('%s') %s", path, script);
    host *host = host_start(text, NULL);
    luahost_user user = {.id = 5, .iteration_in_test = 7};
    luahost_vm_set_user(host->vm, &user);
    host_run(host, 0.1);
    remove(path);
    EXPECT_LOG(host, log);
    host_end(host);
    host = host_start(text, NULL);
    host_run(host, 0.1);
    EXPECT(log[0] == 'r' || strstr(host->log, "cannot open") == NULL);
    host_end(host);
}

/* If each name were compared with each other, this would not end before the timeout of run.sh. */
static void wide_header(void) {
    FILE *file = fopen("wide.csv", "w");
    for (int column = 0; column < 600000; column++) fprintf(file, "%sc%06d", column > 0 ? "," : "", column);
    fputs("\n", file);
    for (int column = 0; column < 600000; column++) fprintf(file, "%s%d", column > 0 ? "," : "", column);
    fclose(file);
    char error[256];
    const luahost_data_file *wide = luahost_data_file_open("wide.csv", error, sizeof error);
    EXPECT(wide != NULL && wide->columns == 600000 && wide->rows == 1);
    remove("wide.csv");
}

void test_data(void) {
    expect_data(
        "a.csv", "\xEF\xBB\xBFname,\"a \"\"b\"\"\"\r\nann,1\r\n\r\n\"bob, jr\n\",\"\"\r\nc,",
        "if __VU == 1 then return end assert(#d == 3 and d[1].name == 'ann' and d[1]['a \"b\"'] == '1' and d[4] == nil and d[0] == nil)\n"
        "assert(d[2].name == 'bob, jr\\n' and d[2]['a \"b\"'] == '' and d[3].name == 'c')\n"
        "assert(d:user().name == 'bob, jr\\n' and d:iteration().name == 'bob, jr\\n')\n"
        "local n = 0 for i, row in ipairs(d) do n = n + 1 row.name = 'mine' end assert(n == 3 and d[1].name == 'ann')",
        "finished\n");
    expect_data(
        "b.ndjson", "{\"a\":1}\n\n[2]\n", "assert(#d == 2 and d[1].a == 1 and d[2][1] == 2 and d.x == nil)", "finished\n");
    expect_data("c.ndjson", "{\"a\":1}\n{\"a\"}\n", "",
        "report main chunk: t.lua:1: c.ndjson:2: no JSON: '}' in JSON text where a colon should be\nfinished\n");
    expect_data("d.csv", "a,b\n1,2\n\n1\n", "",
        "report main chunk: t.lua:1: data: d.csv:4: 1 fields, and the header has 2\nfinished\n");
    expect_data("e.csv", "a,a\n", "",
        "report main chunk: t.lua:1: data: e.csv:1: two columns of the header have the same name\nfinished\n");
    expect_data("f.csv", "a\n\"x\n", "", "report main chunk: t.lua:1: data: f.csv:2: a quoted field has no end\nfinished\n");
    expect_data("g.csv", "", "", "report main chunk: t.lua:1: data: g.csv:1: there is no header\nfinished\n");
    expect_data("h.csv", "a\n", "assert(#d == 0) d:user()", "report main chunk: t.lua:1: user: h.csv has no rows\nfinished\n");
    expect_data("i.csv", "a,b\n1,2\n\r", "assert(#d == 1 and d[1].b == '2')", "finished\n");
    expect_data("j.csv", "a,b\n1,\"2\"\r", "assert(#d == 1 and d[1].b == '2')", "finished\n");
    expect_data("k.csv", "a;b\n1;2\n", "",
        "report main chunk: t.lua:1: data: k.csv:1: its fields seem to be separated by semicolons: write commas\nfinished\n");
    expect_data("l.tsv", "a\tb\n1\t2\n", "",
        "report main chunk: t.lua:1: data: l.tsv:1: its fields seem to be separated by tabs: write commas\nfinished\n");
    expect_data("m.csv", "\"a;b\"\n1;2\n", "assert(d[1]['a;b'] == '1;2')", "finished\n");
    expect_data("n.csv", "a,b\r1,2\r", "",
        "report main chunk: t.lua:1: data: n.csv:1: its lines end with CR alone: write LF or CR LF\nfinished\n");
    expect_data("o.json", "[\n {\"a\":1}\n]\n", "",
        "report main chunk: t.lua:1: o.json:1: no JSON: JSON text ends where a value should be; each line must be a value of its own, not the whole"
        " file one array: jq -c '.[]' makes such lines\nfinished\n");
    expect_data("p.json", " [{\"a\":1},{\"a\":2}]\n", "",
        "report main chunk: t.lua:1: data: p.json has one row, an array; each line must be a value of its own, not the whole"
        " file one array: jq -c '.[]' makes such lines\nfinished\n");
    expect_data("q.ndjson", "[1,2]\n", "assert(#d == 1 and d[1][2] == 2)", "finished\n");
    expect_data("r.ndjson", "{\n \"a\": 1\n}\n", "",
        "report main chunk: t.lua:1: r.ndjson:1: no JSON: JSON text ends where a key in quotes should be; each line must be a value of its own: jq -c . makes"
        " such lines\nfinished\n");
    wide_header();
    host *host = host_start("require'loadtest'.data('none.csv')", NULL);
    host_run(host, 0.1);
    EXPECT_LOG(
        host, "report main chunk: t.lua:1: data: cannot open none.csv: No such file or directory\nfinished\n");
    host_end(host);
}
