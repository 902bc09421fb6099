package io.streamkeeper.server.subscription.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A receiver of webhooks that does on each connection what its script says, with the bytes of a socket. */
final class ScriptedReceiver implements AutoCloseable {
    /** What is done on a connection, which is closed afterwards; a failure ends it. */
    interface Script {
        void serve(Socket socket, int connection) throws IOException;
    }

    private final ServerSocket listening;
    private final Script script;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();

    ScriptedReceiver(String address, @Nullable SSLContext tls, Script script) throws IOException {
        this.script = script;
        InetAddress bound = InetAddress.getByName(address);
        this.listening = tls == null
                ? new ServerSocket(0, 64, bound)
                : tls.getServerSocketFactory().createServerSocket(0, 64, bound);
        threads.execute(this::accept);
    }

    /** On 127.0.0.1, without TLS. */
    static ScriptedReceiver of(Script script) throws IOException {
        return new ScriptedReceiver("127.0.0.1", null, script);
    }

    /** Answers each request with these bytes, until the connection ends. */
    static Script answering(String answer) {
        return (socket, connection) -> {
            while (readRequest(socket.getInputStream()) != null) {
                write(socket, answer);
            }
        };
    }

    static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** A complete answer with a body. */
    static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                open.add(socket);
                int number = connections.incrementAndGet();
                threads.execute(() -> serve(socket, number));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            script.serve(socket, number);
        } catch (IOException e) {
            // The client has closed the connection.
            failures.incrementAndGet();
        } finally {
            open.remove(socket);
        }
    }

    /** The head and the body of the next request; null at the end of the connection. */
    static @Nullable String readRequest(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int length = -1;
        while (length < 0 || bytes.size() < length) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            bytes.write(next);
            String text = bytes.toString(StandardCharsets.ISO_8859_1);
            if (length < 0 && text.endsWith("\r\n\r\n")) {
                String after = text.substring(text.toLowerCase(Locale.ROOT).indexOf("content-length: ") + 16);
                length = text.length() + Integer.parseInt(after.substring(0, after.indexOf('\r')));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    int port() {
        return listening.getLocalPort();
    }

    String url() {
        return "http://127.0.0.1:" + port() + "/hook";
    }

    /** How many connections were accepted. */
    int connections() {
        return connections.get();
    }

    /** How many connections the client has closed while the script used them. */
    int failures() {
        return failures.get();
    }

    /** How many connections are open. */
    int open() {
        return open.size();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
