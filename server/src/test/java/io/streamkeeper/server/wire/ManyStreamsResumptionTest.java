package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that has the last event only continues each of the streams that its URL names. */
class ManyStreamsResumptionTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private static String name(String path) {
        return path.substring(ROOT.length());
    }

    private static String url(String start, List<String> paths) {
        StringBuilder url = new StringBuilder(ROOT + "?live=sse");
        paths.forEach(
                path -> url.append("&stream=").append(name(path)).append('@').append(start));
        return url.toString();
    }

    private static List<String> created(int count) {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            paths.add(SERVER.create(TEXT, ""));
        }
        return paths;
    }

    /** Reads up to the event with this data; the id of the event. */
    private static String idOf(EventReader reader, String data) throws IOException {
        Event event = reader.next();
        while (event != null && !event.data().equals(data)) {
            event = reader.next();
        }
        assertThat(event).as("the event with " + data).isNotNull();
        return event.id();
    }

    /** The data of the next events, until one has {@code last}. */
    private static List<String> dataUpTo(EventReader reader, String last) throws IOException {
        List<String> data = new ArrayList<>();
        while (!data.contains(last)) {
            Event event = reader.next();
            assertThat(event).as("after " + data).isNotNull();
            if (event.isData()) {
                data.add(event.data());
            }
        }
        return data;
    }

    private static String sessionOf(EventReader reader) throws IOException {
        Event event = reader.next();
        while (!event.type().equals("session")) {
            event = reader.next();
        }
        return event.data().replaceAll(".*:\"(.*)\".*", "$1");
    }

    private static void skipToTheTails(EventReader reader, int streams) throws IOException {
        int upToDate = 0;
        while (upToDate < streams) {
            Event event = reader.next();
            upToDate += event.isUpToDate() ? 1 : 0;
        }
    }

    @Test
    void eachOfAFewStreamsContinuesAfterTheLastEvent() throws IOException {
        List<String> paths = created(3);
        String url = url("now", paths);
        String last;
        try (EventReader reader = SERVER.connect().events(url)) {
            skipToTheTails(reader, 3);
            SERVER.append(paths.get(1), "seen-b");
            idOf(reader, "seen-b");
            SERVER.append(paths.get(0), "seen-a");
            last = idOf(reader, "seen-a");
            assertThat(last).startsWith(name(paths.get(0)) + "@");
        }
        SERVER.append(paths.get(0), "a");
        SERVER.append(paths.get(1), "b");
        SERVER.append(paths.get(2), "c");
        try (EventReader reader = SERVER.connect().events(url, "Last-Event-ID: " + last)) {
            List<String> data = dataUpTo(reader, "c");
            SERVER.append(paths.get(2), "end");
            data.addAll(dataUpTo(reader, "end"));
            assertThat(data).containsExactlyInAnyOrder("a", "b", "c", "end");
        }
        String parameter = url + "&lastEventId=" + URLEncoder.encode(last, StandardCharsets.UTF_8);
        try (EventReader reader = SERVER.connect().events(parameter)) {
            List<String> data = dataUpTo(reader, "cend");
            assertThat(data).doesNotContain("seen-a").doesNotContain("seen-b");
        }
    }

    /** Otherwise a response that breaks soon after it was resumed would lose what another stream has not sent yet. */
    @Test
    void theFirstIdHasTheOffsetsWhereStreamsBegin() throws IOException {
        String first = SERVER.create(TEXT, "a");
        String second = SERVER.create(TEXT, "");
        String offset = SERVER.append(second, "seen");
        String url = ROOT + "?live=sse&stream=" + name(first) + "@-1&stream=" + name(second) + "@" + offset;
        try (EventReader reader = SERVER.connect().events(url)) {
            Event event = reader.next();
            while (event.id() == null) {
                event = reader.next();
            }
            assertThat(event.id()).endsWith("," + offset);
        }
    }

    @Test
    void theIdOfTheOnlyStreamIsEnough() throws IOException {
        List<String> paths = created(1);
        String url = url("now", paths);
        String last;
        try (EventReader reader = SERVER.connect().events(url)) {
            skipToTheTails(reader, 1);
            last = SERVER.append(paths.get(0), "seen");
            assertThat(idOf(reader, "seen")).isEqualTo(name(paths.get(0)) + "@" + last + "~" + last);
        }
        SERVER.append(paths.get(0), "missed");
        try (EventReader reader = SERVER.connect().events(url, "Last-Event-ID: " + name(paths.get(0)) + "@" + last)) {
            assertThat(dataUpTo(reader, "missed")).containsExactly("missed");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theIdOfAStreamThatWasAddedResumesThoseOfTheUrl(int count) throws IOException {
        List<String> paths = created(count);
        String other = SERVER.create(TEXT, "");
        String last;
        try (EventReader reader = SERVER.connect().events(url("now", paths))) {
            String session = sessionOf(reader);
            skipToTheTails(reader, count);
            SERVER.append(paths.get(0), "seen");
            idOf(reader, "seen");
            SERVER.post(ROOT + "?session=" + session, "{\"add\":[\"" + name(other) + "@-1\"]}", JSON)
                    .is(200);
            SERVER.append(other, "added");
            last = idOf(reader, "added");
            assertThat(last).startsWith(name(other) + "@");
        }
        SERVER.append(paths.get(0), "missed");
        for (String start : List.of("now", "-1")) {
            try (EventReader reader = SERVER.connect().events(url(start, paths), "Last-Event-ID: " + last)) {
                assertThat(dataUpTo(reader, "missed")).containsExactly("missed");
            }
        }
    }

    @Test
    void ofManyStreamsNoneLosesAnEvent() throws IOException {
        List<String> paths = created(33);
        String last;
        try (EventReader reader = SERVER.connect().events(url("now", paths))) {
            skipToTheTails(reader, 33);
            String offset = SERVER.append(paths.get(5), "seen");
            last = idOf(reader, "seen");
            assertThat(last).isEqualTo(name(paths.get(5)) + "@" + offset);
        }
        SERVER.append(paths.get(7), "missed");
        SERVER.get(url("now", paths), "Last-Event-ID: " + last).isError(400, "invalid_offset");
        try (EventReader reader = SERVER.connect().events(url("-1", paths), "Last-Event-ID: " + last)) {
            assertThat(dataUpTo(reader, "missed")).containsExactly("missed");
        }
    }

    @Test
    void aPathWithOtherCharactersContinues() throws IOException {
        String path = TestServer.path() + "/%C3%BC,~";
        SERVER.createAt(path, TEXT, "");
        String other = SERVER.create(TEXT, "");
        for (List<String> paths : List.of(List.of(path), List.of(path, other))) {
            String url = url("now", paths);
            String last;
            try (EventReader reader = SERVER.connect().events(url)) {
                skipToTheTails(reader, paths.size());
                SERVER.append(path, "seen");
                last = idOf(reader, "seen");
            }
            SERVER.append(path, "missed");
            try (EventReader reader = SERVER.connect().events(url, "Last-Event-ID: " + last)) {
                assertThat(dataUpTo(reader, "missed")).containsExactly("missed");
            }
        }
    }

    @Test
    void theIdOfAnotherUrlIsRefused() throws IOException {
        List<String> paths = created(3);
        String last;
        try (EventReader reader = SERVER.connect().events(url("now", paths))) {
            skipToTheTails(reader, 3);
            SERVER.append(paths.get(0), "seen");
            last = idOf(reader, "seen");
        }
        SERVER.get(url("now", paths.subList(0, 2)), "Last-Event-ID: " + last).isError(400, "invalid_offset");
        SERVER.get(url("now", paths), "Last-Event-ID: nothing").isError(400, "invalid_offset");
    }

    @Test
    void aClosedStreamIsReportedAgain() throws IOException {
        List<String> paths = created(2);
        String last;
        try (EventReader reader = SERVER.connect().events(url("now", paths))) {
            skipToTheTails(reader, 2);
            SERVER.closeStream(paths.get(0));
            Event event = reader.next();
            while (!event.isClosed()) {
                event = reader.next();
            }
            last = event.id();
        }
        try (EventReader reader = SERVER.connect().events(url("now", paths), "Last-Event-ID: " + last)) {
            Event event = reader.next();
            while (!event.isClosed()) {
                event = reader.next();
            }
            assertThat(event.data()).contains(name(paths.get(0)));
        }
    }
}
