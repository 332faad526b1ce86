/* Processes that report through the arena as a probe does; Swift may not fork. */
#ifndef CGUEST_FIXTURES_H
#define CGUEST_FIXTURES_H

enum fixture { FIXTURE_PASS, FIXTURE_FAIL, FIXTURE_SKIP, FIXTURE_SEGFAULT, FIXTURE_FLOOD, FIXTURE_TEXT, FIXTURE_SCRIBBLE };

/* Forks after fb_reports_reset(), lets the child do this and waits for it; the status of waitpid(). */
int fixture_run(enum fixture what);
/* Whether not one byte is left of what was said. */
int fixture_arena_is_empty(void);

#endif
