package io.streamkeeper.server.wire;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads responses from a socket, and takes nothing that RFC 9112 does not let a server send. */
public final class WireInput {
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 ([1-5][0-9]{2}) [ -~]*");
    private static final Pattern FIELD_LINE = Pattern.compile("([A-Za-z0-9-]+): ([!-~](?:[ -~]*[!-~])?)");
    private static final Pattern CHUNK_LINE = Pattern.compile("[0-9A-Fa-f]{1,8}");

    private final InputStream in;

    WireInput(InputStream in) {
        this.in = in;
    }

    /** The next response whole; {@code bodyless} for one to HEAD. */
    public Answer answer(boolean bodyless) throws IOException {
        Answer head = head();
        boolean none = bodyless || head.status() < 200 || head.status() == 204 || head.status() == 304;
        return new Answer(head.status(), head.fields(), none ? new byte[0] : body(head));
    }

    public Answer head() throws IOException {
        Matcher status = match(STATUS_LINE, line());
        Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            Matcher field = match(FIELD_LINE, line);
            String before = fields.put(field.group(1), field.group(2));
            if (before != null) {
                throw new IOException("field came twice: " + line + " and " + before);
            }
        }
        return new Answer(Integer.parseInt(status.group(1)), fields, new byte[0]);
    }

    private byte[] body(Answer head) throws IOException {
        String length = head.field("Content-Length");
        if (length != null) {
            return exactly(Integer.parseInt(length));
        }
        if (!"chunked".equals(head.field("Transfer-Encoding"))) {
            throw new IOException("neither Content-Length nor chunked: " + head);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] chunk = chunk(); chunk != null; chunk = chunk()) {
            all.write(chunk);
        }
        return all.toByteArray();
    }

    /** The next chunk of a chunked body; null at its end. */
    public byte @Nullable [] chunk() throws IOException {
        int length = Integer.parseInt(match(CHUNK_LINE, line()).group(), 16);
        byte[] bytes = exactly(length);
        if (!line().isEmpty()) {
            throw new IOException("a chunk does not end where its length says");
        }
        return length == 0 ? null : bytes;
    }

    /** Everything up to the end of the connection. */
    public String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    /** The next {@code length} bytes, whatever they are. */
    public String text(int length) throws IOException {
        return new String(exactly(length), StandardCharsets.UTF_8);
    }

    byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\r'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended after " + line);
            }
            line.write(b);
        }
        if (in.read() != '\n') {
            throw new IOException("a bare CR behind " + line);
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private static Matcher match(Pattern pattern, String line) throws IOException {
        Matcher matcher = pattern.matcher(line);
        if (!matcher.matches()) {
            throw new IOException("line " + line + " is not " + pattern);
        }
        return matcher;
    }
}
