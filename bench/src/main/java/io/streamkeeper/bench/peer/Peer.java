package io.streamkeeper.bench.peer;

import io.streamkeeper.bench.load.Target;
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
 * A server to compare: one that a script starts, or one that already runs.
 *
 * <p>The script has three commands: {@code check MODE} fails and prints the command that installs the server if it is not
 * installed; {@code path} prints the path of the server's streams; {@code run MODE PORT DIRECTORY} replaces itself by
 * the server.
 *
 * @param name its name in the results
 * @param script the script that starts it, or empty
 * @param mode the mode that the script gets
 * @param url the URL of the streams of a running server, or empty
 * @param pid the process of a running server, or 0 if it is not known
 * @param http2Streams the number of streams on each connection of HTTP/2, or 0 for HTTP/1.1
 */
public record Peer(String name, Path script, String mode, String url, long pid, int http2Streams) {
    private static final long SCRIPT_SECONDS_MAX = 30;
    private static final String PID = "pid=";
    private static final String HTTP2 = "http2=";
    private static final String FLOOR = "floor";

    /**
     * Parses {@code NAME:MODE}, where NAME is that of a script, or {@code NAME=URL} with {@code ,pid=PID} and
     * {@code ,http2=N} in any order: requests use HTTP/2 with N streams on each connection.
     *
     * @throws IllegalArgumentException if the text has another form, or the script does not exist
     */
    public static Peer of(String text, Path scripts) {
        int equals = text.indexOf('=');
        if (equals > 0) {
            return running(text.substring(0, equals), text.substring(equals + 1));
        }
        int colon = text.indexOf(':');
        Path script = scripts.resolve(colon < 0 ? text : text.substring(0, colon));
        if (colon < 0 || !Files.isExecutable(script)) {
            throw new IllegalArgumentException("unknown peer '" + text + "'; expected NAME:MODE with a script NAME in "
                    + scripts + ", or NAME=URL");
        }
        return new Peer(text, script, text.substring(colon + 1), "", 0, 0);
    }

    private static Peer running(String name, String text) {
        String[] parts = text.split(",", -1);
        long pid = 0;
        int http2Streams = 0;
        for (int i = 1; i < parts.length; i++) {
            if (parts[i].startsWith(PID)) {
                pid = Digits.toLong(parts[i].substring(PID.length()));
            } else if (parts[i].startsWith(HTTP2)) {
                http2Streams = Digits.toInt(parts[i].substring(HTTP2.length()));
            } else {
                throw new IllegalArgumentException(
                        "'" + parts[i] + "' in peer '" + name + "' is unknown; expected pid=PID or http2=STREAMS");
            }
        }
        return new Peer(name, Path.of(""), "", parts[0], pid, http2Streams);
    }

    /** Where a running server is, and how to connect. */
    Target runningTarget() {
        Target target = Target.of(url);
        return http2Streams == 0 ? target : target.overHttp2(http2Streams);
    }

    /** Whether this is the {@link FloorServer}, which does not support live reads. */
    public boolean isFloor() {
        return script.endsWith(FLOOR);
    }

    /** Whether the bench starts this server. */
    public boolean hasScript() {
        return url.isEmpty();
    }

    /** The command that installs the server, or empty if it is installed. */
    public String installHint() throws IOException, InterruptedException {
        if (!hasScript()) {
            return "";
        }
        Process check = script("check", mode).start();
        String output = output(check);
        return check.exitValue() == 0 ? "" : output.isEmpty() ? "(its script prints no command)" : output;
    }

    /** The path of the server's streams. */
    String path() throws IOException, InterruptedException {
        return output(script("path").start());
    }

    /** The process that becomes the server. */
    ProcessBuilder runCommand(int port, Path directory) {
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
            throw new IOException("the script of a peer did not end within " + SCRIPT_SECONDS_MAX + " s");
        }
        return output;
    }
}
