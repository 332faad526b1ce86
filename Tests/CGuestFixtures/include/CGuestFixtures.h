/* Processes that report through the arena as a probe does; Swift may not fork. */
#ifndef CGUEST_FIXTURES_H
#define CGUEST_FIXTURES_H

enum fixture { FIXTURE_PASS, FIXTURE_FAIL, FIXTURE_SKIP, FIXTURE_SEGFAULT, FIXTURE_FLOOD, FIXTURE_TEXT, FIXTURE_SCRIBBLE };

/* Forks after fb_reports_reset(), lets the child do this and waits for it; the status of waitpid(). */
int fixture_run(enum fixture what);

enum fixture_end { FIXTURE_EXIT, FIXTURE_KILL, FIXTURE_NEVER };

/* What fb_await() says, in a process of its own, of a child that ends so; it has 300 ms. */
int fixture_await(enum fixture_end how);
/* Whether not one byte is left of what was said. */
int fixture_arena_is_empty(void);

#endif
