package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Responses that follow several streams of a model at a time, compared with it: from random offsets, with a stream that
 * is removed and added again, and resumed with the id of the last event.
 */
final class MultiplexedReads {
    private final TestServer server;
    private final Random random;
    private final Map<String, ModelStream> streams;

    /** The streams that one response follows, each with the number of units before it. */
    private final Map<String, Integer> starts = new HashMap<>();

    private final Map<String, StringBuilder> data = new HashMap<>();
    private final Map<String, String> ends = new HashMap<>();
    private String lastId = "";

    MultiplexedReads(TestServer server, Random random, Map<String, ModelStream> streams) {
        this.server = server;
        this.random = random;
        this.streams = streams;
    }

    /** Follows these streams, some of which may not exist. */
    void check(List<String> paths) throws IOException {
        for (String path : paths) {
            starts.put(path, anywhere(path));
        }
        boolean posts = random.nextBoolean();
        String url = ROOT + "?live=sse"
                + (posts
                        ? ""
                        : paths.stream().map(path -> "&stream=" + named(path)).collect(Collectors.joining()));
        try (EventReader events = posts ? posted(url, paths) : server.connect().events(url)) {
            String session = events.next().data().replaceAll(".*:\"(.*)\".*", "$1");
            readToTheEnds(events);
            paths.forEach(this::compare);
            changeOne(events, session, paths.get(random.nextInt(paths.size())));
        }
        if (!posts && !lastId.isEmpty() && starts.keySet().equals(ends.keySet())) {
            resume(url);
        }
    }

    private EventReader posted(String url, List<String> paths) throws IOException {
        String list = paths.stream().map(path -> '"' + named(path) + '"').collect(Collectors.joining(",", "[", "]"));
        TestConnection connection = server.connect();
        connection.request("POST", url, list, JSON);
        return connection.receiveEvents();
    }

    private int anywhere(String path) {
        ModelStream stream = streams.get(path);
        if (stream == null || stream.deleted) {
            return -1;
        }
        List<Integer> known = new ArrayList<>(stream.offsets.keySet());
        int index = random.nextInt(known.size() + 1);
        return index == known.size() ? -1 : known.get(index);
    }

    private String named(String path) {
        int start = starts.get(path);
        return name(path) + "@" + (start < 0 ? "-1" : streams.get(path).offsets.get(start));
    }

    private static String name(String path) {
        return path.substring(ROOT.length());
    }

    /** Reads until each stream is at its tail, or has ended. */
    private void readToTheEnds(EventReader events) throws IOException {
        while (!ends.keySet().containsAll(starts.keySet())) {
            Event event = events.next();
            assertThat(event).as("after the ends " + ends).isNotNull();
            take(event);
        }
    }

    private void take(Event event) {
        if (event.isData()) {
            lastId = event.id();
            String path = ROOT + event.id().replaceAll("@[^@]*$", "");
            StringBuilder all = data.computeIfAbsent(path, any -> new StringBuilder());
            boolean isJson = streams.get(path).json;
            all.append(isJson && all.length() > 0 ? "," : "");
            all.append(isJson ? event.data().substring(1, event.data().length() - 1) : event.data());
        } else if (event.isControl()) {
            lastId = event.id() == null ? lastId : event.id();
            String path = ROOT + event.data().replaceAll("\\{\"stream\":\"([^\"]*)\".*", "$1");
            if (event.isUpToDate()
                    || event.isClosed()
                    || event.data().contains("\"error\"")
                    || event.data().contains("\"removed\"")) {
                ends.put(path, event.data());
            }
        }
    }

    private void compare(String path) {
        ModelStream stream = streams.get(path);
        String end = ends.get(path);
        if (stream == null || stream.deleted) {
            assertThat(end).contains("\"error\":\"" + (stream == null ? "stream_not_found" : "stream_deleted") + '"');
            return;
        }
        assertThat(data.getOrDefault(path, new StringBuilder()).toString())
                .isEqualTo(stream.text(Math.max(0, starts.get(path))));
        assertThat(end.contains("\"streamClosed\":true")).as(end).isEqualTo(stream.closed);
    }

    /** Removes a stream that is followed, or adds one that has ended again, and reads it from another offset. */
    private void changeOne(EventReader events, String session, String path) throws IOException {
        @Nullable String before = ends.remove(path);
        ModelStream stream = streams.get(path);
        if (stream != null && !stream.deleted && !stream.closed) {
            server.post(ROOT + "?session=" + session, "{\"remove\":[\"" + name(path) + "\"]}", JSON)
                    .is(200);
            readToTheEnds(events);
            assertThat(ends.remove(path)).as("the end after " + before).contains("\"removed\":true");
        }
        data.remove(path);
        starts.put(path, anywhere(path));
        server.post(ROOT + "?session=" + session, "{\"add\":[\"" + named(path) + "\"]}", JSON)
                .is(200);
        readToTheEnds(events);
        compare(path);
    }

    /** All streams were read to their ends, so nothing but the ends follows. */
    private void resume(String url) throws IOException {
        Map<String, String> before = Map.copyOf(ends);
        ends.clear();
        data.clear();
        try (EventReader events = server.connect().events(url, "Last-Event-ID: " + lastId)) {
            readToTheEnds(events);
        }
        assertThat(data).as("data after the end with the id " + lastId).isEmpty();
        before.forEach((path, end) -> assertThat(ends.get(path).contains("\"streamClosed\":true"))
                .isEqualTo(end.contains("\"streamClosed\":true")));
    }
}
