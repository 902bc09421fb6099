package io.streamkeeper.tier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One client that appends to streams of its own, reads and deletes them, while the server is killed and its object store
 * fails. It repeats what is not answered until it is, so it knows all bytes of each stream. Its thread owns it; the
 * streams may be checked when it has ended.
 */
final class TierTraffic implements Runnable {
    private static final int STREAMS = 3;
    private static final int BYTES_MAX = 60_000;
    private static final int STREAM_BYTES_MAX = 1_500_000;
    private static final long PAUSE_MILLIS = 20;

    /** Sends a request; an exception if it is not answered. */
    @FunctionalInterface
    interface Sender {
        HttpResponse<byte[]> send(String method, String path, byte[] body, String... fields) throws IOException;
    }

    /** A stream, and what was acknowledged. */
    private static final class Model {
        final String path;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int appends;

        Model(String path) {
            this.path = path;
        }
    }

    private final Sender server;
    private final String name;
    private final Random random;
    private final AtomicInteger refusedReads;
    private final List<Model> streams = new ArrayList<>();
    private int created;
    private volatile boolean ends;
    private volatile Throwable failure;

    /**
     * A client.
     *
     * @param refusedReads counts the reads for which the object store was away
     */
    TierTraffic(Sender server, String name, long seed, AtomicInteger refusedReads) {
        this.server = server;
        this.name = name;
        this.random = new Random(seed);
        this.refusedReads = refusedReads;
    }

    void end() {
        ends = true;
    }

    Throwable failure() {
        return failure;
    }

    @Override
    public void run() {
        try {
            while (!ends) {
                step();
            }
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    private void step() throws IOException, InterruptedException {
        if (streams.size() < STREAMS) {
            create();
            return;
        }
        Model stream = streams.get(random.nextInt(STREAMS));
        if (stream.bytes.size() > STREAM_BYTES_MAX && random.nextInt(4) == 0) {
            delete(stream);
        } else if (random.nextInt(5) == 0) {
            read(server, stream, false);
        } else {
            append(stream);
        }
    }

    private void create() throws IOException, InterruptedException {
        Model stream = new Model("/v1/stream/" + name + "-" + created++);
        assertThat(answered(server, "PUT", stream.path, new byte[0]).statusCode())
                .isIn(200, 201);
        streams.add(stream);
    }

    private void append(Model stream) throws IOException, InterruptedException {
        byte[] body = new byte[1 + random.nextInt(BYTES_MAX)];
        random.nextBytes(body);
        String sequence = String.valueOf(stream.appends++);
        HttpResponse<byte[]> answer = answered(
                server,
                "POST",
                stream.path,
                body,
                "Producer-Id",
                name,
                "Producer-Epoch",
                "0",
                "Producer-Seq",
                sequence);
        assertThat(answer.statusCode())
                .as("append %s to %s: %s", sequence, stream.path, new String(answer.body(), UTF_8))
                .isIn(200, 204);
        stream.bytes.writeBytes(body);
    }

    private void delete(Model stream) throws IOException, InterruptedException {
        assertThat(answered(server, "DELETE", stream.path, new byte[0]).statusCode())
                .isIn(204, 404, 410);
        streams.remove(stream);
    }

    /** Reads a stream and compares it; a read that is refused for the object store is repeated only if {@code must}. */
    private void read(Sender from, Model stream, boolean must) throws IOException, InterruptedException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        String offset = "-1";
        while (true) {
            HttpResponse<byte[]> answer = answered(from, "GET", stream.path + "?offset=" + offset, new byte[0]);
            if (answer.statusCode() == 503) {
                if (must) {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                    continue;
                }
                return;
            }
            assertThat(answer.statusCode()).as("read of %s", stream.path).isEqualTo(200);
            read.writeBytes(answer.body());
            offset = answer.headers().firstValue("Stream-Next-Offset").orElseThrow();
            if (answer.headers().firstValue("Stream-Up-To-Date").isPresent()) {
                break;
            }
        }
        assertThat(read.toByteArray()).as(stream.path).isEqualTo(stream.bytes.toByteArray());
    }

    /** Repeats a request until it is answered, but for a read that is refused for the object store. */
    private HttpResponse<byte[]> answered(Sender to, String method, String path, byte[] body, String... fields)
            throws IOException, InterruptedException {
        while (true) {
            try {
                HttpResponse<byte[]> answer = to.send(method, path, body, fields);
                String text = answer.statusCode() == 503 ? new String(answer.body(), UTF_8) : "";
                if (text.contains("tier_unavailable")) {
                    assertThat(method).isEqualTo("GET");
                    refusedReads.incrementAndGet();
                    return answer;
                }
                if (answer.statusCode() != 503) {
                    return answer;
                }
            } catch (IOException e) {
                // The server is killed, and starts again.
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    /** Compares all streams as {@code from} returns them, once it has ended. */
    void checkAll(Sender from) throws IOException, InterruptedException {
        for (Model stream : streams) {
            read(from, stream, true);
        }
    }

    /** Deletes all streams, once it has ended. */
    void deleteAll() throws IOException, InterruptedException {
        for (Model stream : List.copyOf(streams)) {
            delete(stream);
        }
    }
}
