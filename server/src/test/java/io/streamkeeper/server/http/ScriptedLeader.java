package io.streamkeeper.server.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A leader that answers each connection with the next of a list of texts, and closes it. */
final class ScriptedLeader implements AutoCloseable {
    private final ServerSocket socket;
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private final Thread thread;

    /** Answers the connections one after the other; an empty text closes a connection without a response. */
    ScriptedLeader(List<String> answers) throws IOException {
        socket = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        thread = new Thread(() -> answers.forEach(this::answer), "scripted-leader");
        thread.setDaemon(true);
        thread.start();
    }

    private void answer(String text) {
        try (Socket connection = socket.accept()) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
            StringBuilder head = new StringBuilder();
            int length = 0;
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                head.append(line).append('\n');
                if (line.startsWith("content-length: ")) {
                    length = Integer.parseInt(line.substring("content-length: ".length()));
                }
            }
            for (int i = 0; i < length; i++) {
                head.append((char) in.read());
            }
            requests.add(head.toString());
            connection.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            if (!socket.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    /** The next request that has arrived: its head and its body. */
    String request() throws InterruptedException {
        return requests.take();
    }

    int requestCount() {
        return requests.size();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
