package io.streamkeeper.server.cli;

import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.cli.remote.RemoteCommands;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The command that starts a server in a temporary directory on a free port of the loopback interface, sends it a
 * request of each usual kind, runs commands for people, and stops it. Run with the flag of the JVM that archives the classes loaded until the
 * exit, it makes the archive for faster starts.
 */
final class Rehearsal {
    static final String NAME = "rehearse";

    private static final int SECONDS_MAX = 30;
    private static final String SUCCESS = "HTTP/1.1 2";
    private static final String TEXT = "Content-Type: text/plain\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";

    /** One of each kind; all succeed. */
    private static final List<String> REQUESTS = List.of(
            request("PUT", "text", TEXT, "a"),
            request("POST", "text", TEXT, "b"),
            request("PUT", "json", JSON, ""),
            request("POST", "json", JSON + "Producer-Id: p\r\nProducer-Epoch: 0\r\nProducer-Seq: 0\r\n", "[{\"n\":1}]"),
            request("GET", "text?offset=-1", "", ""),
            request("GET", "json?offset=-1", "Accept-Encoding: gzip\r\n", ""),
            request("HEAD", "text", "", ""),
            request("POST", "text", "Stream-Closed: true\r\n", ""),
            request("GET", "text?offset=-1&live=long-poll", "", ""),
            request("DELETE", "json", "", ""),
            request("GET", "text?offset=-1&live=sse", "", ""));

    /** Of the commands for people, those whose classes the others have too; all succeed. */
    private static final List<List<String>> COMMANDS = List.of(
            List.of("create", "rehearsed", "--type", "json"),
            List.of("append", "rehearsed", "[1]", "--close"),
            List.of("read", "rehearsed"),
            List.of("tail", "rehearsed", "-f", "--offset", "-1"),
            List.of("stat", "rehearsed"));

    private Rehearsal() {}

    /**
     * Runs the command; returns when everything is stopped and deleted.
     *
     * @throws IOException if the server cannot start, or a request fails
     */
    static void run(PrintStream out) throws IOException {
        Path data = Files.createTempDirectory("streamkeeper-rehearsal");
        try {
            try (DurableStreamsServer server = DurableStreamsServer.start(config(data))) {
                for (String request : REQUESTS) {
                    exchange(server.address(), request);
                }
                for (List<String> command : COMMANDS) {
                    execute(server.url(), command);
                }
            }
        } finally {
            delete(data);
        }
        out.println("a server was started, answered " + REQUESTS.size() + " requests, and was stopped");
    }

    /** Reads a usual command line, as a start does. */
    private static ServerConfig config(Path data) {
        List<Setting<?>> settings = ProcessSettings.all();
        String[] args = {"--port", "0", "--data-dir", data.toString()};
        ConfigSources sources = ConfigSources.of(settings, args, Map.of());
        SettingValues values = PlainFlags.read(settings, args, sources)
                .orElseThrow(() -> new IllegalArgumentException("the path of temporary files, '" + data
                        + "', contains a special character; set -Djava.io.tmpdir"));
        return ServerConfig.of(values);
    }

    private static void exchange(InetSocketAddress address, String request) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(SECONDS_MAX * 1000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            if (!response.startsWith(SUCCESS)) {
                throw new IOException("the response to " + request + " was " + response + ", expected a success");
            }
        }
    }

    private static void execute(String url, List<String> command) throws IOException {
        int status = RemoteCommands.run(
                command.toArray(String[]::new),
                Map.of("DS_URL", url),
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                System.err);
        if (status != 0) {
            throw new IOException("the command " + command + " ended with status " + status + ", expected 0");
        }
    }

    private static String request(String method, String target, String fields, String body) {
        return method + " /v1/stream/" + target
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n"
                + fields + "\r\n" + body;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
