package io.streamkeeper.server.security;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.server.log.LineQueue;
import io.streamkeeper.server.log.LineTarget;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Appends who did what to a file, one JSON object for each line. Any thread records without waiting; the thread of a
 * {@link LineQueue} writes. A line has the path and never the query of a request, because the query may contain a
 * signature.
 */
public final class AuditLog implements AutoCloseable {
    /** Heap of the lines that wait to be written. */
    private static final long QUEUED_BYTES_MAX = 4 << 20;

    /** The longest path of a line; of a longer one, the beginning is recorded. */
    static final int PATH_MAX = 4_096;

    private static final int OBJECT_BYTES = 160;

    private record Line(
            long timeMillis,
            String who,
            String action,
            String path,
            int status,
            @Nullable SocketAddress from) {
        int memoryBytes() {
            return OBJECT_BYTES + path.length() + 2 * who.length();
        }
    }

    private final JsonFactory json = new JsonFactory();
    private final LineQueue<Line> lines;

    private AuditLog(LineTarget file) {
        this.lines = new LineQueue<>("the audit log", "streamkeeper-audit", QUEUED_BYTES_MAX, this::bytes, file);
    }

    /**
     * Opens a file to append to, which is created for its owner only if it does not exist.
     *
     * @throws IOException if it cannot be written
     */
    public static AuditLog open(Path file) throws IOException {
        return new AuditLog(LineTarget.file(file));
    }

    /** Records an answer; does not block. Returns false if it is dropped, because too many lines wait. */
    public boolean record(
            long timeMillis, String who, String action, String path, int status, @Nullable SocketAddress from) {
        String recorded = path.length() > PATH_MAX ? path.substring(0, PATH_MAX) : path;
        Line line = new Line(timeMillis, who, action, recorded, status, from);
        return lines.add(line, line.memoryBytes());
    }

    private byte[] bytes(Line line, long droppedBefore) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = json.createGenerator(text)) {
            generator.writeStartObject();
            generator.writeStringField(
                    "time", Instant.ofEpochMilli(line.timeMillis()).toString());
            generator.writeStringField("who", line.who());
            generator.writeStringField("action", line.action());
            generator.writeStringField("path", line.path());
            generator.writeNumberField("status", line.status());
            if (line.from() instanceof InetSocketAddress address && address.getAddress() != null) {
                generator.writeStringField("from", address.getAddress().getHostAddress());
            }
            if (droppedBefore > 0) {
                generator.writeNumberField("droppedBefore", droppedBefore);
            }
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be written", e);
        }
        // A surrogate without its other half, which a name of a token may contain, becomes a question mark.
        return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Writes what waits, and ends. */
    @Override
    public void close() {
        lines.close();
    }
}
