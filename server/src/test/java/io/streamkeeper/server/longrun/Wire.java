package io.streamkeeper.server.longrun;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.streamkeeper.server.tls.Identities;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/**
 * One connection, with its requests and answers as they are on the wire. Bytes are characters of ISO 8859-1 throughout.
 * Belongs to one thread.
 */
final class Wire implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;

    /** An answer; the names of its fields are in lower case. */
    /** What the last event of one who has to list again contains. */
    static final String LIST_AGAIN = "\"listAgain\":true";

    record Answer(int status, Map<String, String> fields, String body) {
        String field(String name) {
            return fields.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        /** The code of a refusal, or nothing. */
        String code() {
            int at = body.indexOf("\"code\":\"");
            return at < 0 ? "" : body.substring(at + 8, body.indexOf('"', at + 8));
        }

        @Override
        public String toString() {
            return status + " " + fields + " " + (body.length() > 300 ? body.length() + " bytes" : body);
        }
    }

    private static final String HOST_LINE = "Host: localhost\r\n";

    /** The connection without TLS: it is closed without the message that ends TLS, as a client that ends does. */
    private final Socket plain = new Socket();

    private final Socket socket;
    private final InputStream in;
    private final String credentials;

    /** A connection without credentials. */
    Wire(URI server) throws IOException {
        this(server, "");
    }

    /** A connection whose requests have the field {@code credentials}, if it is not empty. */
    Wire(URI server, String credentials) throws IOException {
        this.credentials = credentials.isEmpty() ? "" : credentials + "\r\n";
        plain.setTcpNoDelay(true);
        plain.setSoTimeout(TIMEOUT_MILLIS);
        plain.connect(new InetSocketAddress(server.getHost(), server.getPort()), TIMEOUT_MILLIS);
        socket = server.getScheme().equals("https")
                ? Identities.client(null)
                        .getSocketFactory()
                        .createSocket(plain, server.getHost(), server.getPort(), true)
                : plain;
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** The connection is lost if the next answer takes longer. */
    void waitsAtMost(int millis) throws IOException {
        plain.setSoTimeout(millis);
    }

    // ---- sending ----

    static String request(String method, String target, String body, String... fields) {
        StringBuilder text = new StringBuilder(method)
                .append(' ')
                .append(target)
                .append(" HTTP/1.1\r\n")
                .append(HOST_LINE);
        for (String field : fields) {
            text.append(field).append("\r\n");
        }
        if (!body.isEmpty() || method.equals("POST") || method.equals("PUT")) {
            text.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return text.append("\r\n").append(body).toString();
    }

    void send(String requests) throws IOException {
        String all = requests.replace(HOST_LINE, HOST_LINE + credentials);
        socket.getOutputStream().write(all.getBytes(ISO_8859_1));
    }

    // ---- receiving ----

    /** The next answer; what answers HEAD has no body. */
    Answer receive(boolean head) throws IOException {
        Answer answer = receiveHead();
        boolean without = head || answer.status() == 204 || answer.status() == 304;
        byte[] body = without ? new byte[0] : body(answer);
        if (answer.field("content-encoding").equals("gzip") && body.length > 0) {
            body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
        }
        return new Answer(answer.status(), answer.fields(), new String(body, ISO_8859_1));
    }

    private Answer receiveHead() throws IOException {
        String line = line();
        int status = Integer.parseInt(line.split(" ", 3)[1]);
        Map<String, String> fields = new HashMap<>();
        for (line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            fields.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return status == 100 ? receiveHead() : new Answer(status, fields, "");
    }

    private byte[] body(Answer answer) throws IOException {
        if (answer.field("transfer-encoding").equals("chunked")) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
                all.write(chunk.getBytes(ISO_8859_1));
            }
            return all.toByteArray();
        }
        String length = answer.field("content-length");
        return length.isEmpty() ? in.readAllBytes() : exactly(Integer.parseInt(length));
    }

    private String chunk() throws IOException {
        int length = Integer.parseInt(line().split(";", 2)[0].strip(), 16);
        String chunk = new String(exactly(length), ISO_8859_1);
        line();
        return chunk;
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection ended in a body");
        }
        return bytes;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended");
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    /** An event stream as far as it was read: its head, the data of each event, and the id of the last one. */
    record Events(Answer head, List<String> data, String lastId) {}

    /**
     * Reads an event stream up to the control event that says that the reader is up to date; the connection is of no
     * use afterwards.
     */
    Events events() throws IOException {
        Answer head = receiveHead();
        return events(head, head.field("stream-sse-data-encoding").equals("base64"));
    }

    /** The same for events of several streams, of which one has data; a session's id is passed over. */
    Events eventsOfStreams(boolean base64) throws IOException {
        return events(receiveHead(), base64);
    }

    private Events events(Answer head, boolean base64) throws IOException {
        if (head.status() != 200) {
            return new Events(
                    new Answer(head.status(), head.fields(), new String(body(head), ISO_8859_1)), List.of(), "");
        }
        List<String> data = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        while (true) {
            int end = text.indexOf("\n\n");
            if (end < 0) {
                String chunk = chunk();
                if (chunk.isEmpty()) {
                    throw new EOFException("the event stream ended before it was up to date");
                }
                text.append(chunk);
                continue;
            }
            String event = text.substring(0, end);
            text.delete(0, end + 2);
            String eventData = fieldOf(event, "data:");
            if (event.lines().anyMatch(line -> line.matches("event: ?control"))) {
                if (eventData.contains("\"upToDate\":true")) {
                    return new Events(head, data, fieldOf(event, "id:"));
                }
                if (eventData.contains(LIST_AGAIN)) {
                    return new Events(head, List.of(LIST_AGAIN), "");
                }
            } else if (event.contains("data:") && !event.startsWith("event: session")) {
                data.add(base64 ? new String(Base64.getMimeDecoder().decode(eventData), ISO_8859_1) : eventData);
            }
        }
    }

    private static String fieldOf(String event, String name) {
        return event.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()))
                .map(value -> value.startsWith(" ") ? value.substring(1) : value)
                .collect(Collectors.joining("\n"));
    }

    @Override
    public void close() throws IOException {
        plain.close();
    }
}
