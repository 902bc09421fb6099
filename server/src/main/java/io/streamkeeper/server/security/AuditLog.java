package io.streamkeeper.server.security;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.streamkeeper.storage.disk.FileProblem;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
            if (Files.notExists(file)) {
                createForOwner(file);
            }
            Files.newOutputStream(file, StandardOpenOption.APPEND).close();
        } catch (IOException e) {
            throw FileProblem.explained(e, file);
        }
        AuditLog log = new AuditLog(file);
        log.thread.start();
        return log;
    }

    private static void createForOwner(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (UnsupportedOperationException e) {
            Files.createFile(file);
        }
    }

    /** Records an answer; does not block. */
    public void record(
            long timeMillis, String who, String action, String path, int status, @Nullable SocketAddress from) {
        if (!queue.offer(new Line(timeMillis, who, action, path, status, from))) {
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
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(
                file, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE))) {
            for (Line line : lines) {
                write(out, line, lost);
                lost = 0;
            }
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

    private void write(OutputStream out, Line line, long lost) throws IOException {
        try (JsonGenerator generator = json.createGenerator(out)) {
            generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            generator.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
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
        }
        out.write('\n');
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
