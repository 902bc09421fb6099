package io.streamkeeper.client.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server whose test determines each byte of its answers; it has a thread for each connection. */
final class StubServer implements AutoCloseable {
    /** How requests are answered; called by the connection's thread. */
    interface Script {
        void answer(Request request, Response response) throws IOException;
    }

    /** A request. */
    record Request(String method, String path, Map<String, String> query, Map<String, String> fields, String body) {
        boolean isHead() {
            return method.equals("HEAD");
        }

        String live() {
            return query.getOrDefault("live", "");
        }

        String offset() {
            return query.get("offset");
        }
    }

    private final ServerSocket listener;
    private final Script script;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    private StubServer(ServerSocket listener, Script script) {
        this.listener = listener;
        this.script = script;
    }

    static StubServer start(Script script) throws IOException {
        StubServer server = new StubServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
        server.thread(server::accept);
        return server;
    }

    private void thread(Runnable task) {
        Thread thread = new Thread(task, "stub");
        thread.setDaemon(true);
        thread.start();
    }

    /** Without the slash at its end. */
    URI url() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/root");
    }

    /** The requests so far. */
    List<Request> requests() {
        return List.copyOf(requests);
    }

    List<Request> requests(String live) {
        return requests.stream().filter(request -> request.live().equals(live)).toList();
    }

    /** How many connections the server regards as open. */
    int connectionCount() {
        return connections.size();
    }

    private void accept() {
        while (true) {
            Socket connection;
            try {
                connection = listener.accept();
            } catch (IOException e) {
                return;
            }
            connections.add(connection);
            thread(() -> serve(connection));
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                Request request = request(line, in);
                requests.add(request);
                script.answer(request, new Response(connection));
            }
        } catch (IOException e) {
            // The client or the script has closed the connection.
        } finally {
            connections.remove(connection);
        }
    }

    private static Request request(String line, InputStream in) throws IOException {
        String[] parts = line.split(" ", 3);
        int question = parts[1].indexOf('?');
        Map<String, String> query = new HashMap<>();
        if (question >= 0) {
            for (String pair : parts[1].substring(question + 1).split("&", -1)) {
                String[] both = pair.split("=", 2);
                query.put(both[0], URLDecoder.decode(both[1], StandardCharsets.UTF_8));
            }
        }
        Map<String, String> fields = new HashMap<>();
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            String[] both = field.split(": ?", 2);
            fields.put(both[0].toLowerCase(Locale.ROOT), both[1]);
        }
        byte[] body = in.readNBytes(Integer.parseInt(fields.getOrDefault("content-length", "0")));
        String path = question < 0 ? parts[1] : parts[1].substring(0, question);
        return new Request(parts[0], path, query, fields, new String(body, StandardCharsets.UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
            if (octet != '\r') {
                line.append((char) octet);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The answer to a request. */
    static final class Response {
        private final Socket connection;
        private final OutputStream out;

        Response(Socket connection) throws IOException {
            this.connection = connection;
            this.out = connection.getOutputStream();
        }

        /** The head of an answer, as it is. */
        Response head(int status, String... fields) throws IOException {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Status\r\n");
            for (String field : fields) {
                head.append(field).append("\r\n");
            }
            return raw(head + "\r\n");
        }

        Response raw(String text) throws IOException {
            out.write(text.getBytes(ISO_8859_1));
            return this;
        }

        /** A whole answer. */
        void whole(int status, String body, String... fields) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            String[] all = Arrays.copyOf(fields, fields.length + 1);
            all[fields.length] = "Content-Length: " + bytes.length;
            head(status, all);
            out.write(bytes);
        }

        /** The answer to HEAD. */
        void described(String type, String... fields) throws IOException {
            String[] all = Arrays.copyOf(fields, fields.length + 1);
            all[fields.length] = "Content-Type: " + type;
            head(200, all);
        }

        /** The head of an answer of events. */
        Response events(String... fields) throws IOException {
            String[] all = Arrays.copyOf(fields, fields.length + 2);
            all[fields.length] = "Content-Type: text/event-stream";
            all[fields.length + 1] = "Transfer-Encoding: chunked";
            return head(200, all);
        }

        /** A chunk of a body. */
        Response chunk(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            raw(Integer.toHexString(bytes.length) + "\r\n");
            out.write(bytes);
            return raw("\r\n");
        }

        Response data(String... lines) throws IOException {
            return chunk("event: data\n" + "data: " + String.join("\ndata: ", lines) + "\n\n");
        }

        Response control(String nextOffset) throws IOException {
            return chunk("event: control\ndata: {\"streamNextOffset\":\"" + nextOffset + "\"}\n\n");
        }

        Response closed(String nextOffset) throws IOException {
            return chunk(
                    "event: control\ndata: {\"streamNextOffset\":\"" + nextOffset + "\",\"streamClosed\":true}\n\n");
        }

        /** The end of a body. */
        void end() throws IOException {
            raw("0\r\n\r\n");
        }

        /** Sends nothing until the client closes the connection. */
        void hold() throws IOException {
            while (connection.getInputStream().read() >= 0) {
                // Bytes of the client are ignored.
            }
            throw new IOException("the client has gone");
        }

        /** Ends the connection. */
        void cut() throws IOException {
            connection.close();
        }
    }
}
