package io.streamkeeper.server.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The message to systemd that the server is ready, for which it waits if it has started this process as a service of
 * {@code Type=notify}. The JDK has no datagram sockets of Unix, so a program of systemd sends the message, which needs
 * {@code NotifyAccess=all}.
 */
final class SystemdNotice {
    /** The variable with the socket for the message, which systemd sets. */
    static final String SOCKET = "NOTIFY_SOCKET";

    private static final Logger LOG = LoggerFactory.getLogger(SystemdNotice.class);

    private static final String PROGRAM = "systemd-notify";
    private static final long WAIT_SECONDS_MAX = 5;

    private SystemdNotice() {}

    /** Sends the message, if the environment names a socket. Blocks until it is sent. A failure is logged. */
    static void ready(Map<String, String> environment) {
        ready(environment, PROGRAM);
    }

    static void ready(Map<String, String> environment, String program) {
        if (!environment.containsKey(SOCKET)) {
            return;
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(program, "--ready")
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD);
            builder.environment().put(SOCKET, environment.get(SOCKET));
            Process process = builder.start();
            if (!process.waitFor(WAIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                failed("it has not ended after " + WAIT_SECONDS_MAX + " seconds");
            } else if (process.exitValue() != 0) {
                failed("its status is " + process.exitValue());
            }
        } catch (IOException e) {
            failed("it cannot be started");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void failed(String reason) {
        LOG.warn(
                "systemd waits for the message that the server is ready, which systemd-notify has not sent: {}",
                reason);
    }
}
