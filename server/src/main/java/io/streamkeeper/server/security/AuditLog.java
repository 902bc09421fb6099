package io.streamkeeper.server.security;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.storage.disk.FileProblem;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends who did what to a file, one JSON object for each line. Any thread records; a thread of this class writes. The
 * queue between them is bounded: while it is full, records are dropped and counted, so that a slow disk delays no
 * request, and the next line that is written contains their number. A line has the path and never the query of a
 * request, because the query may contain a signature.
 */
public final class AuditLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    /** Records that wait to be written. */
    public static final int QUEUED_MAX = 8_192;

    /** The longest path of a line; of a longer one, the beginning is recorded. */
    static final int PATH_MAX = 4_096;

    private static final Set<OpenOption> OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE);

    private static final long POLL_MILLIS = 200;

    private record Line(
            long timeMillis,
            String who,
            String action,
            String path,
            int status,
            @Nullable SocketAddress from) {}

    private final Path file;
    private final ArrayBlockingQueue<Line> queue = new ArrayBlockingQueue<>(QUEUED_MAX);
    private final AtomicLong dropped = new AtomicLong();
    private final JsonFactory json = new JsonFactory();
    private final Thread thread;
    private volatile boolean closes;
    private boolean failing;

    private AuditLog(Path file) {
        this.file = file;
        this.thread = new Thread(this::run, "streamkeeper-audit");
        thread.setDaemon(true);
    }

    /**
     * Opens a file to append to, which is created for its owner only if it does not exist.
     *
     * @throws IOException if it cannot be written
     */
    public static AuditLog open(Path file) throws IOException {
        try {
            append(file).close();
        } catch (IOException e) {
            throw FileProblem.explained(e, file);
        }
        AuditLog log = new AuditLog(file);
        log.thread.start();
        return log;
    }

    private static OutputStream append(Path file) throws IOException {
        try {
            return Channels.newOutputStream(Files.newByteChannel(
                    file, OPTIONS, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
        } catch (UnsupportedOperationException e) {
            return Channels.newOutputStream(Files.newByteChannel(file, OPTIONS));
        }
    }

    /** Records an answer; does not block. */
    public void record(
            long timeMillis, String who, String action, String path, int status, @Nullable SocketAddress from) {
        String recorded = path.length() > PATH_MAX ? path.substring(0, PATH_MAX) : path;
        if (!queue.offer(new Line(timeMillis, who, action, recorded, status, from))) {
            dropped.incrementAndGet();
        }
    }

    private void run() {
        List<Line> lines = new ArrayList<>();
        while (!closes || !queue.isEmpty()) {
            try {
                Line first = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    lines.add(first);
                    queue.drainTo(lines);
                    write(lines);
                    lines.clear();
                }
            } catch (InterruptedException e) {
                // The log is closed: what waits is still written.
                closes = true;
            }
        }
    }

    /** Opens the file for each batch, so that it may be renamed at any time (log rotation). */
    private void write(List<Line> lines) {
        long lost = dropped.getAndSet(0);
        try (OutputStream out = new BufferedOutputStream(append(file))) {
            for (Line line : lines) {
                byte[] bytes = bytes(line, lost);
                if (bytes.length > 0) {
                    out.write(bytes);
                    lost = 0;
                } else {
                    lost++;
                }
            }
            dropped.addAndGet(lost);
            failing = false;
        } catch (IOException e) {
            dropped.addAndGet(lines.size() + lost);
            if (!failing) {
                LOG.warn(
                        "the audit log cannot be written, so its lines are dropped and counted: {}",
                        FileProblem.text(e, file));
            }
            failing = true;
        }
    }

    /** The bytes of a line; none, so that it counts as dropped, if it cannot be encoded, which prevents no other line. */
    private byte[] bytes(Line line, long lost) {
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
            if (lost > 0) {
                generator.writeNumberField("droppedBefore", lost);
            }
            generator.writeEndObject();
        } catch (IOException | RuntimeException e) {
            LOG.error("a line of the audit log cannot be encoded, so it is dropped and counted", e);
            return new byte[0];
        }
        // A surrogate without its other half, which a name of a token may contain, becomes a question mark.
        return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Writes what waits, and ends. */
    @Override
    public void close() {
        closes = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
