package io.streamkeeper.bench.compare;

import io.streamkeeper.protocol.Digits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server that can be compared: one that a script starts, or one that runs already.
 *
 * <p>The script is asked {@code check}, and fails with the command that installs the server if it is not there;
 * {@code path}, and tells under which path it has streams; {@code run MODE PORT DIRECTORY}, and becomes the server.
 *
 * @param name what it is called in the results
 * @param script what starts it, or empty
 * @param mode what the script is told
 * @param url where it runs already, or empty
 * @param pid its process if it runs already and that is known, or 0
 */
record Peer(String name, Path script, String mode, String url, long pid) {
    private static final long SCRIPT_SECONDS_MAX = 30;
    private static final String PID = ",pid=";
    private static final String FLOOR = "floor";

    /**
     * Reads {@code NAME:MODE}, which is a script's name, or {@code NAME=URL} or {@code NAME=URL,pid=PID}.
     *
     * @throws IllegalArgumentException if it is neither, or there is no such script
     */
    static Peer of(String text, Path scripts) {
        int equals = text.indexOf('=');
        if (equals > 0) {
            String rest = text.substring(equals + 1);
            int pid = rest.indexOf(PID);
            return new Peer(
                    text.substring(0, equals),
                    Path.of(""),
                    "",
                    pid < 0 ? rest : rest.substring(0, pid),
                    pid < 0 ? 0 : Digits.toLong(rest.substring(pid + PID.length())));
        }
        int colon = text.indexOf(':');
        Path script = scripts.resolve(colon < 0 ? text : text.substring(0, colon));
        if (colon < 0 || !Files.isExecutable(script)) {
            throw new IllegalArgumentException("peer '" + text
                    + "' is not known; expected NAME:MODE with a script NAME in " + scripts + ", or NAME=URL");
        }
        return new Peer(text, script, text.substring(colon + 1), "", 0);
    }

    /** Whether this is no server but the yardstick, which cannot be followed live. */
    boolean isFloor() {
        return script.endsWith(FLOOR);
    }

    boolean isStarted() {
        return url.isEmpty();
    }

    /** The command that installs it, or empty if it is there. */
    String missing() throws IOException, InterruptedException {
        if (!isStarted()) {
            return "";
        }
        Process check = script("check").start();
        String output = output(check);
        return check.exitValue() == 0 ? "" : output.isEmpty() ? "(its script does not say how)" : output;
    }

    /** The path under which it has streams. */
    String path() throws IOException, InterruptedException {
        return output(script("path").start());
    }

    /** What starts it, on a port that is free now. */
    ProcessBuilder run(int port, Path directory) {
        return script("run", mode, Integer.toString(port), directory.toString());
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private ProcessBuilder script(String... arguments) {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    private static String output(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!process.waitFor(SCRIPT_SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("a peer's script did not end within " + SCRIPT_SECONDS_MAX + " s");
        }
        return output;
    }
}
