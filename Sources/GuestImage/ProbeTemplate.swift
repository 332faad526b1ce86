/// What `firstbad new` writes.
public enum ProbeTemplate {
  /// A probe with this id that compiles and passes.
  public static func text(id: String) -> String {
    """
    /*
     * What behaviour is this about? Since when has it been so, and who relies on it?
     */
    #include <fcntl.h>
    #include <firstbad/probe.h>
    #include <unistd.h>

    PROBE("\(id)", "one line that is true when the probe passes", TIMEOUT_S(10))
    {
    	/* What the probe needs. When this fails, the kernel cannot tell: neither good nor bad. */
    	int file = REQUIRE_OK(open("/dev/zero", O_RDONLY));

    	/* What the probe is about. */
    	char byte = 1;
    	long got = read(file, &byte, 1);

    	/* What was seen, reported whatever the result; --changed compares it between kernels. */
    	OBSERVE("got", got);

    	/* What the kernel is accused of when it is not so. */
    	CHECK_EQ(got, 1);
    	CHECK_EQ(byte, 0);
    	PASS();
    }

    """
  }
}
