package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random operations against a model of what they should do, one after the other over several connections; halfway the
 * server is stopped and started again. More seeds are
 * asked for with {@code -Dstreamkeeper.seeds=COUNT}, and a certain one with {@code -Dstreamkeeper.seed=SEED}.
 */
class RandomOperationsTest {
    private static final int OPERATIONS = 600;
    private static final int PATHS = 9;
    private static final int CONNECTIONS = 4;
    private static final int UNITS_MAX = 40;

    @RegisterExtension
    static final TestServer SERVER =
            new TestServer(TestServer.config(config -> config.read(read -> read.readBytesMax(64))));

    private final Map<String, ModelStream> streams = new HashMap<>();
    private final Map<String, List<String>> goneOffsets = new HashMap<>();
    private final List<TestConnection> connections = new ArrayList<>();
    private Random random = new Random(0);
    private String run = "";
    private int unit;

    static LongStream seeds() {
        Long one = Long.getLong("streamkeeper.seed");
        return one != null ? LongStream.of(one) : LongStream.range(1, 1 + Integer.getInteger("streamkeeper.seeds", 6));
    }

    private void restart() throws IOException {
        for (TestConnection connection : connections) {
            connection.close();
        }
        connections.clear();
        SERVER.restart();
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(SERVER.connect());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyOperationDoesWhatTheModelSays(long seed) throws IOException {
        random = new Random(seed);
        run = ROOT + "random/" + seed + "/";
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(SERVER.connect());
        }
        for (int i = 0; i < OPERATIONS; i++) {
            if (i == OPERATIONS / 2) {
                restart();
            }
            try {
                step(path());
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("operation " + i + " of seed " + seed + " went wrong", e);
            }
        }
        for (Map.Entry<String, ModelStream> each : streams.entrySet()) {
            if (!each.getValue().deleted) {
                read(each.getKey(), each.getValue());
            }
        }
        for (TestConnection connection : connections) {
            connection.close();
        }
    }

    private void step(String path) {
        ModelStream stream = streams.get(path);
        switch (random.nextInt(21)) {
            case 0, 1, 2 -> create(path, stream);
            case 3, 4, 5 -> fork(path, stream);
            case 6 -> delete(path, stream);
            case 7 -> close(path, stream);
            case 8, 9, 10, 11, 12 -> append(path, stream);
            case 13 -> readGoneOffset(path);
            case 14 -> poll(path, stream);
            case 15 -> events(path, stream);
            case 16 -> multiplexed(path);
            default -> read(path, stream);
        }
    }

    private String path() {
        return run + random.nextInt(PATHS);
    }

    private Answer exchange(String method, String target, String body, String... fields) {
        try {
            return connections.get(random.nextInt(CONNECTIONS)).exchange(method, target, body, fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- writing ----

    private void create(String path, @Nullable ModelStream existing) {
        ModelStream created = new ModelStream(random.nextBoolean());
        created.closed = random.nextInt(10) == 0;
        if (random.nextBoolean()) {
            addUnits(created);
        }
        String[] fields = created.closed
                ? new String[] {created.contentType(), "Stream-Closed: true"}
                : new String[] {created.contentType()};
        Answer answer = exchange("PUT", path, body(created, 0), fields);
        if (existing == null) {
            answer.is(201);
            created.offsets.put(created.units.size(), answer.nextOffset());
            created.ends.add(created.units.size());
            streams.put(path, created);
        } else {
            boolean same = !existing.deleted
                    && existing.source == null
                    && existing.json == created.json
                    && existing.closed == created.closed;
            answer.is(same ? 200 : 409);
        }
    }

    private void fork(String path, @Nullable ModelStream existing) {
        String sourcePath = path();
        ModelStream source = streams.get(sourcePath);
        if (existing != null || sourcePath.equals(path)) {
            return;
        }
        String from = "Stream-Forked-From: " + sourcePath;
        if (source == null) {
            exchange("PUT", path, "", from).isError(404, "source_not_found");
            return;
        }
        if (source.deleted) {
            exchange("PUT", path, "", from).isError(409, "source_deleted");
            return;
        }
        List<Integer> known = new ArrayList<>(source.offsets.keySet());
        int anchor = known.get(random.nextInt(known.size()));
        int subOffset = random.nextInt(source.units.size() - anchor + 2);
        Answer answer = exchange(
                "PUT",
                path,
                "",
                from,
                "Stream-Fork-Offset: " + source.offsets.get(anchor),
                "Stream-Fork-Sub-Offset: " + subOffset);
        if (anchor + subOffset > source.furthest(anchor)) {
            answer.isError(400, "invalid_offset");
        } else {
            ModelStream fork = new ModelStream(source, anchor + subOffset);
            fork.offsets.put(fork.inherited, answer.is(201).nextOffset());
            streams.put(path, fork);
        }
    }

    private void append(String path, @Nullable ModelStream stream) {
        if (stream == null || stream.deleted) {
            exchange("POST", path, "1", TestServer.JSON).is(stream == null ? 404 : 410);
            return;
        }
        if (stream.closed || stream.units.size() > UNITS_MAX) {
            exchange("POST", path, "1", stream.json ? TestServer.TEXT : TestServer.JSON)
                    .isError(409, stream.closed ? "stream_closed" : "content_type_mismatch");
            return;
        }
        int before = stream.units.size();
        addUnits(stream);
        Answer answer = exchange("POST", path, body(stream, before), stream.contentType())
                .is(204);
        stream.offsets.put(stream.units.size(), answer.nextOffset());
        stream.ends.add(stream.units.size());
    }

    private void addUnits(ModelStream stream) {
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            unit++;
            String text = stream.json
                    ? "\"" + unit + "x".repeat(random.nextInt(30)) + "\""
                    : Character.toString('a' + unit % 26);
            stream.units.add(text);
        }
    }

    private static String body(ModelStream stream, int from) {
        String text = stream.text(from);
        return stream.json && !text.isEmpty() ? "[" + text + "]" : text;
    }

    private void close(String path, @Nullable ModelStream stream) {
        Answer answer = exchange("POST", path, "", "Stream-Closed: true");
        if (stream == null || stream.deleted) {
            answer.is(stream == null ? 404 : 410);
        } else {
            stream.closed = true;
            assertThat(answer.is(204).isClosed()).isTrue();
            stream.offsets.put(stream.units.size(), answer.nextOffset());
        }
    }

    private void delete(String path, @Nullable ModelStream stream) {
        Answer answer = exchange("DELETE", path, "");
        if (stream == null || stream.deleted) {
            answer.is(stream == null ? 404 : 410);
            return;
        }
        answer.is(204);
        stream.offsets
                .tailMap(stream.inherited, false)
                .values()
                .forEach(own -> goneOffsets
                        .computeIfAbsent(path, any -> new ArrayList<>())
                        .add(own));
        stream.delete();
        for (String each : List.copyOf(streams.keySet())) {
            if (streams.get(each).isGone()) {
                streams.remove(each);
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> exchange("HEAD", each, "").status() == 404);
            }
        }
    }

    // ---- reading ----

    private void read(String path, @Nullable ModelStream stream) {
        if (stream == null || stream.deleted) {
            exchange("GET", path, "").is(stream == null ? 404 : 410);
            return;
        }
        int from = randomKnown(stream);
        readPages(path, stream, from, "?offset=");
        assertThat(exchange("HEAD", path, "").is(200).isClosed()).isEqualTo(stream.closed);
    }

    private static int randomKnown(ModelStream stream, Random random) {
        List<Integer> known = new ArrayList<>(stream.offsets.keySet());
        int index = random.nextInt(known.size() + 1);
        return index == known.size() ? -1 : known.get(index);
    }

    private int randomKnown(ModelStream stream) {
        return randomKnown(stream, random);
    }

    private static String offset(ModelStream stream, int units) {
        return units < 0 ? "-1" : stream.offsets.get(units);
    }

    private void readPages(String path, ModelStream stream, int from, String query) {
        StringBuilder all = new StringBuilder();
        String offset = offset(stream, from);
        while (true) {
            Answer page = exchange("GET", path + query + offset, "").is(200);
            String text = stream.json ? page.text().substring(1, page.text().length() - 1) : page.text();
            all.append(stream.json && all.length() > 0 && !text.isEmpty() ? "," : "")
                    .append(text);
            offset = page.nextOffset();
            if (page.isUpToDate()) {
                assertThat(page.isClosed()).isEqualTo(stream.closed);
                break;
            }
            assertThat(page.isClosed()).isFalse();
            assertThat(text).isNotEmpty();
        }
        assertThat(all.toString()).isEqualTo(stream.text(Math.max(0, from)));
        assertThat(stream.offsets.getOrDefault(stream.units.size(), offset)).isEqualTo(offset);
        stream.offsets.put(stream.units.size(), offset);
    }

    private void poll(String path, @Nullable ModelStream stream) {
        if (stream == null || stream.deleted) {
            exchange("GET", path + "?live=long-poll&offset=-1", "").is(stream == null ? 404 : 410);
            return;
        }
        String tail = stream.offsets.getOrDefault(stream.units.size(), "now");
        Answer answer = exchange("GET", path + "?live=long-poll&timeout=0.01&offset=" + tail, "");
        assertThat(answer.is(204).isClosed()).isEqualTo(stream.closed);
    }

    private void events(String path, @Nullable ModelStream stream) {
        if (stream == null || stream.deleted || !stream.closed) {
            return;
        }
        int from = randomKnown(stream);
        String joined;
        try (EventReader events = SERVER.events(path, offset(stream, from))) {
            StringBuilder all = new StringBuilder();
            List<Event> told = events.rest();
            for (Event event : told) {
                if (event.isData()) {
                    String data = event.data();
                    all.append(stream.json && all.length() > 0 ? "," : "");
                    all.append(stream.json ? data.substring(1, data.length() - 1) : data);
                }
            }
            assertThat(told.get(told.size() - 1).isClosed()).isTrue();
            joined = all.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(joined).isEqualTo(stream.text(Math.max(0, from)));
    }

    private void multiplexed(String path) {
        List<String> paths = new ArrayList<>(List.of(path));
        for (int i = random.nextInt(4); i > 0; i--) {
            String other = path();
            if (!paths.contains(other)) {
                paths.add(other);
            }
        }
        try {
            new MultiplexedReads(SERVER, random, streams).check(paths);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An offset that only an earlier stream at this path issued is answered 410. */
    private void readGoneOffset(String path) {
        List<String> gone = goneOffsets.get(path);
        ModelStream stream = streams.get(path);
        if (gone != null && stream != null && !stream.deleted) {
            String offset = gone.get(random.nextInt(gone.size()));
            exchange("GET", path + "?offset=" + offset, "").isError(410, "offset_gone");
        }
    }
}
