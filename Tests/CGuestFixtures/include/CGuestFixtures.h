/* Processes that report through the arena as a probe does; Swift may not fork. */
#ifndef CGUEST_FIXTURES_H
#define CGUEST_FIXTURES_H

enum fixture { FIXTURE_PASS, FIXTURE_FAIL, FIXTURE_SKIP, FIXTURE_SEGFAULT, FIXTURE_FLOOD, FIXTURE_TEXT, FIXTURE_SCRIBBLE };

/* Forks after fb_reports_reset(), lets the child do this and waits for it; the status of waitpid(). */
int fixture_run(enum fixture what);

enum fixture_end { FIXTURE_EXIT, FIXTURE_KILL, FIXTURE_NEVER };

/* What fb_await() says, in a process of its own, of a child that ends so; it has 300 ms. */
int fixture_await(enum fixture_end how);
/* The status of a child that left the pool, was given nothing, could give nothing back, and then reads this. */
int fixture_read_in_child(void *memory);

#endif
