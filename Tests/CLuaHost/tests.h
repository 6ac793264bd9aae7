#ifndef TESTS_H
#define TESTS_H

void test_base(void);
void test_arguments_encode(void);
void test_arguments_decode(void);
void test_msgpack_encode(void);
void test_msgpack_decode(void);
void test_calls(void);
void test_stop(void);
void test_plan(void);
void test_loadtest(void);
void test_data(void);
void test_libraries(void);
void test_inspect(void);
void test_hook(void);
void test_process(void);
void test_input(void);
void test_socketio(void);
void test_socketio_acks(void);
void test_timers(void);
void test_json(void);
void test_socketio_queue(void);
void test_socketio_simple(void);
void test_socketio_json(void);
void test_socketio_finalizers(void);
void test_hostile(void);

#endif
