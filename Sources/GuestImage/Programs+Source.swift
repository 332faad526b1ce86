import Foundation

extension Programs {
  /// The probes that run them.
  var source: String {
    func quoted(_ text: String) -> String {
      "\"" + text.utf8.map { byte in "\\" + Self.octal(byte) }.joined() + "\""
    }
    var text = """
      #include <firstbad/probe.h>
      #include <stdio.h>
      #include <string.h>
      #include <sys/wait.h>
      #include <unistd.h>

      /* A line of this file tells nobody anything. */
      #undef FB_HERE_
      #define FB_HERE_ ""

      static int run(const char *folder, char *const *arguments)
      {
      	static char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "TERM=dumb", 0};
      	int status = 0;
      	pid_t child = fork();
      	if (child == 0) {
      		if (chdir(folder) == 0)
      			execve(arguments[0], arguments, environment);
      		int why = errno;
      		/* It was packed: what ran before it in this boot may have taken it away. */
      		dprintf(2, "%s cannot be started: %s\\n", arguments[0], strerror(why));
      		_exit(why == ENOENT ? 127 : 126);
      	}
      	if (child < 0)
      		SKIP("no process for it: %s", strerror(errno));
      	while (waitpid(child, &status, 0) < 0)
      		if (errno != EINTR)
      			SKIP("it cannot be waited for: %s", strerror(errno));
      	return status;
      }

      static void judge(int status)
      {
      	/* In place of a check, whose words are the signature as they are: of a message the numbers would be masked. */
      	char what[64];
      	if (WIFSIGNALED(status)) {
      		snprintf(what, sizeof what, "killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
      		fb_end(FB_FAIL, "", what, 0, "%s", "");
      	}
      	if (WEXITSTATUS(status) == 4)
      		SKIP("exit status 4");
      	/* It could not be started, or it says that something else could not. */
      	if (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127)
      		_exit(WEXITSTATUS(status));
      	if (WEXITSTATUS(status) != 0) {
      		snprintf(what, sizeof what, "exit status %d", WEXITSTATUS(status));
      		fb_end(FB_FAIL, "", what, 0, "%s", "");
      	}
      }

      """
    for program in all {
      if program.lacks != nil {
        // A row of the table, and no more: it is not started, on no kernel.
        text += """

          PROBE("\(program.id)", "a program of others exits with 0")
          {
          	_exit(127);
          }

          """
        continue
      }
      let name = URL(filePath: program.path).lastPathComponent
      let words = (["\(program.folder)/\(name)"] + program.arguments).map { "(char *)\(quoted($0))" }
      text += """

        PROBE("\(program.id)", "a program of others exits with 0", TIMEOUT_S(\(program.timeout)), MEMORY_MIB(512))
        {
        	char *const arguments[] = {\(words.joined(separator: ", ")), 0};
        	judge(run(\(quoted(program.folder)), arguments));
        	PASS();
        }

        """
    }
    return text
  }

  private static func octal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 8)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }
}
